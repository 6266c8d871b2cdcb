import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ProjectResult, ProjectRun } from './detect-project.ts'

/** Besides the table, whose size has a bound of its own. */
const HEAP_MB_MAX = 1_024

/**
 * Runs detection in a thread of its own, so that health answers meanwhile and a run can be ended at any time:
 * it reads only, and its result arrives as a whole.
 * @throws the signal's reason when it is aborted; the error of the run
 */
export async function detectInThread(run: ProjectRun, signal: AbortSignal): Promise<ProjectResult> {
  const worker = new Worker(new URL('./detection-worker.ts', import.meta.url), {
    workerData: run,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  try {
    const [result] = (await once(worker, 'message', { signal })) as [ProjectResult]
    return result
  } finally {
    await worker.terminate()
  }
}
