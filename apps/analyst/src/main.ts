import { waitForReader } from '@skillwatch/db'
import { createLogger, runService } from '@skillwatch/service'
import { Registry } from 'prom-client'
import { Analyst } from './analyst.ts'
import { buildApp } from './app.ts'
import { Environment, readConfig } from './config.ts'
import { Daily } from './daily.ts'
import { createAnalystMetrics } from './metrics.ts'
import { runOnSchedule } from './run-on-schedule.ts'
import { standBy } from './stand-by.ts'

const description = {
  summary: 'Finds on a schedule when skills differ from what they usually do. Only reads the database.',
  environment: Environment,
}
const BACKOFF = { delayMs: 1_000, delayMsMax: 60_000 }
const LOCK_POLL_MS = 1_000
const CLOCK_POLL_MS = 30_000
/** Ten weeks of 1,000,000 calls of 1,000 skills take a tenth of this. */
const MEMORY_BYTES_MAX = 134_217_728

await runService('analyst', description, async ({ signal }) => {
  const config = readConfig(process.env)
  const logger = createLogger({ service: 'analyst', level: config.logLevel })
  const registry = new Registry()
  const metrics = createAnalystMetrics(registry)

  using reader = await waitForReader(config.databaseUrl, {
    signal,
    onWait: (error) => logger.info(`waiting for the database: ${error.message}`),
  })
  await using app = await buildApp({ reader, registry, logger, ...config })
  const address = await app.listen({ host: config.host, port: config.port })
  logger.info(`health and metrics are at ${address}`)
  using _lock = await standBy(reader.path, {
    pollMs: LOCK_POLL_MS,
    signal,
    onWait: () => logger.info('another analyst works on this database; waiting until it ends'),
  })
  metrics.setActive(true)
  const bounds = { backoff: BACKOFF, memoryBytesMax: MEMORY_BYTES_MAX }
  const options = { ...config, ...bounds, reader, metrics, logger, now: Date.now }
  const analyst = new Analyst(options)
  const daily = new Daily(options)
  await runOnSchedule(
    {
      everyMs: config.everyMs,
      pollMs: CLOCK_POLL_MS,
      now: Date.now,
      run: async (dueAtMs) => {
        await analyst.run(dueAtMs, signal)
        await daily.run(dueAtMs, signal)
      },
    },
    signal,
  )
})
