import { detectInProcess } from '../src/detection/in-process.ts'
import { planOf } from '../src/schedule.ts'

const HOUR_MS = 3_600_000
const PROJECT_ID = 1

/**
 * Runs the analysis of a database again and again, until SIGTERM or the end of its parent process: all weeks,
 * as at a start, in processes of their own, as the analyst does. Its arguments are the path and the instant in
 * epoch milliseconds. It sends its parent process a message when the first run begins.
 */
const [path, instant] = process.argv.slice(2)
const plan = planOf(Number(instant), HOUR_MS)
const run = {
  databaseUrl: `sqlite:${path}`,
  projectId: PROJECT_ID,
  plan,
  timeZone: 'UTC',
  memory: undefined,
}
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('disconnect', () => stop.abort())
process.send?.('begun')
while (!stop.signal.aborted)
  await detectInProcess(run, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
process.disconnect?.()
