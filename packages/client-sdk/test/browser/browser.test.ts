import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  environmentWithMachineClock,
  freePort,
  runProgram,
  temporaryFolder,
  until,
} from '@skillwatch/testkit'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { startService } from '../node/services.ts'
import { demand } from '../package/packed.ts'
import { servePage } from './page-server.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const build = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))

/** The exports of the package, as the page imports them. */
type Package = typeof import('../../src/index.ts')

test('in Chromium calls are tracked, kept while the server is down, sent and read', {
  timeout: 120_000,
}, async (context) => {
  if (!existsSync(CHROMIUM) && process.env.CI !== 'true') return context.skip(`${CHROMIUM} is not installed`)
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  demand(await runProgram({ args: [build, join(folder.path, 'dist')] }))
  const { url: origin } = stack.use(await servePage(join(folder.path, 'dist')))
  const database = join(folder.path, 'skillwatch.db')
  const env = { SKILLWATCH_ALLOWED_ORIGINS: origin }
  const [ingestPort, gatewayPort] = [await freePort(), await freePort()]
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ARGUMENTS,
    env: environmentWithMachineClock(),
  })
  stack.defer(() => browser.close())
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(origin)
  await page.waitForFunction(() => 'skillwatch' in globalThis)

  await page.evaluate(
    async ({ url, readUrl }) => {
      const backoff = { delayMs: 50, delayMsMax: 100 }
      const client = skillwatch.createClient({
        url,
        readUrl,
        sessionId: 'page',
        project: 'default',
        backoff,
        logger: { warn: () => undefined },
      })
      Object.assign(globalThis, { clientOf: () => client })
      const render = client.wrap('render', async (count: number) => count + 1)
      if ((await render(1)) !== 2) throw new Error('wrap changed the value')
      for (let index = 0; index < 700; index += 1) client.track('click', { kind: 'tool' }).complete()
      client.track('broken').fail(new RangeError('no'))
    },
    { url: `http://127.0.0.1:${ingestPort}`, readUrl: `http://127.0.0.1:${gatewayPort}` },
  )
  const stats = () => page.evaluate(() => clientOf().stats())
  await until(async () => (await stats()).retried > 0)
  expect(await stats()).toMatchObject({ recorded: 702, queued: 702, sent: 0 })

  stack.use(await startService('ingest', database, ingestPort, env))
  stack.use(await startService('ws-gateway', database, gatewayPort, env))
  expect(await page.evaluate(() => clientOf().flush({ timeoutMs: 20_000 }))).toBe(true)
  expect(await stats()).toMatchObject({ recorded: 702, sent: 702, dropped: 0, queued: 0 })

  const read = await page.evaluate(async () => {
    let changes = 0
    for await (const event of clientOf().stream({ from: 'start' })) {
      if (event.type === 'changes') changes += event.items.length
      if (event.type === 'caught_up') break
    }
    const { totals } = await clientOf().metrics()
    const { items } = await clientOf().skills({ kind: 'skill' })
    return { changes, totals, names: items.map((skill) => skill.skill_name).sort() }
  })
  expect(read).toMatchObject({
    changes: 702,
    totals: { invocation_count: 702, completed_count: 701, failed_count: 1 },
    names: ['broken', 'render'],
  })
  await page.evaluate(() => clientOf().close())
  expect(errors).toEqual([])
})

/** Globals of the page: set by its own script, and by the first script of this test. */
declare const skillwatch: Package
declare function clientOf(): ReturnType<Package['createClient']>
