import { detectProject } from '../src/detection/detect-project.ts'
import { detectInProcess } from '../src/detection/in-process.ts'
import { planOf } from '../src/schedule.ts'

const HOUR_MS = 3_600_000
const PROJECT_ID = 1
const MS_PER_S = 1_000
const KIB_PER_MIB = 1_024
/** Of so many runs of the next hour the one in the middle counts. */
const RUNS = 5

/**
 * Analyses a database as of an hour before an instant, and then as of that instant: first here, then as the
 * analyst does, in processes of their own. Its arguments are the path and the instant in epoch milliseconds.
 * It sends what the runs took to its parent process.
 */
const [path, instant] = process.argv.slice(2)
const run = { databaseUrl: `sqlite:${path}`, projectId: PROJECT_ID, timeZone: 'UTC' }
const nowMs = Number(instant)

const startedAt = performance.now()
const before = await detectProject({ ...run, plan: planOf(nowMs - HOUR_MS, HOUR_MS), memory: undefined })
const replayMs = performance.now() - startedAt
const memoryKib = process.resourceUsage().maxRSS

const next = { ...run, plan: planOf(nowMs, HOUR_MS), memory: before.memory }
const nextMs: number[] = []
for (let number = 0; number < RUNS; number += 1) {
  const nextAt = performance.now()
  const { extent } = await detectInProcess(next, new AbortController().signal)
  nextMs.push(performance.now() - nextAt)
  if (extent !== 'changes') throw new Error('the run of the next hour has read all hours')
}

process.send?.({
  analysis_replay: replayMs / MS_PER_S,
  analysis_memory: memoryKib / KIB_PER_MIB,
  analysis_next_hour: nextMs.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! / MS_PER_S,
})
process.disconnect?.()
