import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DailyReport, DailyRun } from './daily-reports.ts'
import type { ProjectResult, ProjectRun } from './detect-project.ts'

/** What the process is to do. */
export type Task = { readonly detect: ProjectRun } | { readonly summarise: DailyRun }
export type Reply = { readonly result: ProjectResult | readonly DailyReport[] } | { readonly error: string }

const PROGRAM = fileURLToPath(new URL('../../detection.mjs', import.meta.url))
/** Besides the table, whose size has a bound of its own. */
const HEAP_MB_MAX = 1_024

/** Tests the hours of a project for anomalies. @throws as `inProcess` */
export async function detectInProcess(run: ProjectRun, signal: AbortSignal): Promise<ProjectResult> {
  return (await inProcess({ detect: run }, signal)) as ProjectResult
}

/** Computes the reports of a day of a project. @throws as `inProcess` */
export async function summariseInProcess(
  run: DailyRun,
  signal: AbortSignal,
): Promise<readonly DailyReport[]> {
  return (await inProcess({ summarise: run }, signal)) as readonly DailyReport[]
}

/**
 * Analyses in a process of its own, so that health answers meanwhile, and the run can be ended at any time:
 * it only reads, and its result arrives as a whole. A thread cannot be ended safely while it is in SQLite or
 * another native function.
 * @throws an AbortError when the signal is aborted; the error of the run
 */
async function inProcess(task: Task, signal: AbortSignal) {
  const child = fork(PROGRAM, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP_MB_MAX}`],
    // Keys of the environment are not its business.
    env: {},
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  try {
    child.send(task)
    const replied = once(child, 'message', { signal }) as Promise<[Reply]>
    const [reply] = await Promise.race([replied, exited.then(failure)])
    if ('error' in reply) throw new Error(reply.error)
    return reply.result
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}

function failure([code, signal]: readonly unknown[]): never {
  throw new Error(`the analysis ended by itself with ${signal ?? `code ${code}`}`)
}
