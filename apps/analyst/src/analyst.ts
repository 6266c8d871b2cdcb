import { endedSkills, listProjects } from '@skillwatch/db'
import type { FindingsReport } from '@skillwatch/schema'
import type { ProjectResult } from './detection/detect-project.ts'
import { detectInProcess } from './detection/in-process.ts'
import { Memories } from './memories.ts'
import type { RunResult } from './metrics.ts'
import { type Posting, type Project, postForProject } from './post-for-project.ts'
import { ofRecorded, reportOf } from './report.ts'
import { planOf } from './schedule.ts'

export interface AnalystOptions extends Posting {
  readonly databaseUrl: string
  readonly timeZone: string
  /** Bound of the analysis of one project. */
  readonly runMsMax: number
  /** Bound of what is kept between runs, of all projects together. */
  readonly memoryBytesMax: number
}

interface AnalysedProject {
  readonly result: RunResult
  readonly detectionRuns: number
  readonly report?: FindingsReport
}

/** Analyses all projects of a database, run after run. Never writes it. */
export class Analyst {
  readonly #options: AnalystOptions
  readonly #memories: Memories

  constructor(options: AnalystOptions) {
    this.#options = options
    this.#memories = new Memories(options.memoryBytesMax)
  }

  /**
   * One run: what all projects did until an instant is analysed and reported to ingest.
   * @throws the signal's reason when it is aborted; nothing more is reported then
   */
  async run(dueAtMs: number, signal: AbortSignal): Promise<void> {
    const { reader, metrics, now } = this.#options
    const startedAtMs = now()
    metrics.setRunning(true)
    try {
      const projects = listProjects(reader)
      this.#memories.forgetOthers(projects.map(({ project_id }) => project_id))
      const analysed: AnalysedProject[] = []
      for (const project of projects) analysed.push(await this.#analyse(project, dueAtMs, signal))
      metrics.countRun(worstOf(analysed), {
        durationMs: now() - startedAtMs,
        detectionRuns: analysed.reduce((sum, { detectionRuns }) => sum + detectionRuns, 0),
        reports: analysed.flatMap(({ report }) => report ?? []),
        endedAtMs: now(),
      })
    } finally {
      metrics.setRunning(false)
    }
  }

  /** An error of one project is logged and counted, and the others are analysed all the same. */
  async #analyse(project: Project, dueAtMs: number, signal: AbortSignal): Promise<AnalysedProject> {
    const { everyMs, logger, runMsMax } = this.#options
    const plan = planOf(dueAtMs, everyMs)
    const timeout = AbortSignal.timeout(runMsMax)
    let detectionRuns = 0
    try {
      const detected = await this.#detect(project, plan, AbortSignal.any([signal, timeout]))
      detectionRuns = detected.runCount
      this.#remember(project, detected)
      const { report, reply } = await this.#post(project, detected, plan, signal)
      const { extent } = detected
      logger.info(
        { project: project.name, extent, detectionRuns, ...reply },
        'reported the findings of a project',
      )
      return { result: 'completed', detectionRuns, report }
    } catch (err) {
      signal.throwIfAborted()
      const isLate = timeout.aborted && (err as Error).cause === timeout.reason
      const text = isLate ? `the analysis took longer than ${runMsMax} ms and was ended` : 'a run has failed'
      logger.error({ err, project: project.name }, `${text}; the next run tries again`)
      return { result: isLate ? 'timed_out' : 'failed', detectionRuns }
    }
  }

  #detect({ project_id }: Project, plan: Plan, signal: AbortSignal): Promise<ProjectResult> {
    const { databaseUrl, timeZone } = this.#options
    const memory = this.#memories.get(project_id)
    return detectInProcess({ databaseUrl, projectId: project_id, plan, timeZone, memory }, signal)
  }

  #remember({ project_id, name }: Project, { memory, extent }: ProjectResult): void {
    const { metrics, logger, memoryBytesMax } = this.#options
    const isKept = this.#memories.set(project_id, memory)
    metrics.countRead({ extent, isKept, memoryBytes: this.#memories.bytes })
    if (isKept) return
    const sizes = { project: name, bytes: memory.byteLength, bytesMax: memoryBytesMax }
    logger.warn(sizes, 'what this run has read is too large to be kept, so the next run reads all hours')
  }

  #post(project: Project, { findings }: ProjectResult, plan: Plan, signal: AbortSignal) {
    const { reader } = this.#options
    const makeReport = () => reportOf(ofRecorded(findings, endedSkills(reader, project.project_id)), plan)
    return postForProject(this.#options, project, makeReport, { dueAtMs: plan.lastRunAtMs, signal })
  }
}

type Plan = ReturnType<typeof planOf>

function worstOf(analysed: readonly AnalysedProject[]): RunResult {
  const has = (wanted: RunResult) => analysed.some(({ result }) => result === wanted)
  return has('timed_out') ? 'timed_out' : has('failed') ? 'failed' : 'completed'
}
