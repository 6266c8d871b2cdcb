import { listProjects } from '@skillwatch/db'
import type { AnalystOptions } from './analyst.ts'
import { summariseInProcess } from './detection/in-process.ts'
import { type Project, postForProject } from './post-for-project.ts'

const DAY_MS = 86_400_000

/**
 * Computes and reports once a day what is used together, what is usual over all persons, how predictable
 * skills are, and what the phases of work take.
 */
export class Daily {
  readonly #options: AnalystOptions
  /** The days since 1970 of the last reports that ingest took, by project. */
  readonly #doneDays = new Map<number, number>()

  constructor(options: AnalystOptions) {
    this.#options = options
  }

  /**
   * Reports each project that has no reports of this day yet.
   * @throws the signal's reason when it is aborted
   */
  async run(dueAtMs: number, signal: AbortSignal): Promise<void> {
    const day = Math.floor(dueAtMs / DAY_MS)
    for (const project of listProjects(this.#options.reader)) {
      if (this.#doneDays.get(project.project_id) === day) continue
      const isDone = await this.#report(project, dueAtMs, signal)
      if (isDone) this.#doneDays.set(project.project_id, day)
    }
  }

  /** An error of one project is logged, and the others are reported all the same. */
  async #report(project: Project, dueAtMs: number, signal: AbortSignal): Promise<boolean> {
    const { databaseUrl, runMsMax, logger, timeZone } = this.#options
    const run = { databaseUrl, projectId: project.project_id, untilMs: dueAtMs, timeZone }
    try {
      const reports = await summariseInProcess(run, AbortSignal.any([signal, AbortSignal.timeout(runMsMax)]))
      for (const report of reports)
        await postForProject(this.#options, project, () => report, { dueAtMs, signal })
      logger.info({ project: project.name }, 'reported what is computed once a day of a project')
      return true
    } catch (err) {
      signal.throwIfAborted()
      logger.error(
        { err, project: project.name },
        'what is computed once a day is tried again in the next run',
      )
      return false
    }
  }
}
