import { createHttpLoad, toBody } from './http-load.ts'
import { startService } from './services.ts'

const BATCH = 1_000
const CONNECTIONS = 6
/** Fewer, larger transactions: filling is not what is measured. */
const SETTINGS = { INGEST_GROUP_ROWS_MAX: '5000' }

/**
 * Records calls through an ingest of its own and stops it, which moves the write-ahead log into the file.
 * @param take makes the next observations, as many as asked for
 */
export async function fillDatabase(
  databaseUrl: string,
  calls: number,
  take: (count: number) => readonly unknown[],
): Promise<void> {
  const ingest = await startService('ingest', databaseUrl, SETTINGS)
  await using _stopped = ingest.process
  using load = createHttpLoad(ingest.url, CONNECTIONS)
  let left = calls
  const work = async () => {
    while (left > 0) {
      const count = Math.min(BATCH, left)
      left -= count
      await load.post(toBody(take(count)))
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}
