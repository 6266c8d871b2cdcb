import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appendToSpool } from '@skillwatch/client/spool'
import { openReader } from '@skillwatch/db'
import { machineNowMs, temporaryFolder } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownSpoolFolder, RunReporter } from '../../src/run/run-reporter.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

let own: OwnEnvironment
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
})
afterAll(() => stack.disposeAsync())

/** As for a server on another machine. */
function reporter(spoolFolder: string, url = `http://127.0.0.1:${own.ports.ingest}`) {
  return new RunReporter({
    url,
    apiKey: undefined,
    project: undefined,
    spoolFolder,
    isDrainedByIngest: false,
    nowMs: machineNowMs,
  })
}

const call = (invocation_id: string) =>
  ({ invocation_id, skill_name: 'x', session_id: 's', outcome: 'completed' }) as const

function storedIds(): unknown[] {
  using reader = openReader(own.env.SKILLWATCH_DATABASE_URL!)
  return reader.sqlite.prepare('select invocation_id from skill_invocation order by 1').pluck().all()
}

test('calls kept for a remote server are sent after the next; bad ones are named and kept', async () => {
  using folder = temporaryFolder()
  expect(await reporter(folder.path, 'http://127.0.0.1:1').end(call('waited'))).toBeUndefined()
  expect(existsSync(join(folder.path, 'shared.ndjson'))).toBe(true)
  appendToSpool(folder.path, JSON.stringify({ ...call('bad'), outcome: 'splendid' }), { now: machineNowMs })
  appendFileSync(join(folder.path, 'shared.ndjson'), '\n{"half')

  const problem = await reporter(folder.path).end(call('now'))
  expect(problem).toContain(
    `1 of the calls that waited were not recorded and are now in ${folder.path}/spool.rejected: ` +
      '/outcome must be one of running, ',
  )
  expect(problem).toContain(`are now in ${folder.path}/spool.unreadable: not JSON`)
  expect(storedIds()).toEqual(['now', 'waited'])
  expect(readdirSync(folder.path)).toEqual(['spool.rejected', 'spool.unreadable'])
  expect(JSON.parse(readFileSync(`${folder.path}/spool.rejected`, 'utf8'))).toMatchObject({
    invocation_id: 'bad',
  })
  expect(await reporter(folder.path).end(call('later'))).toBeUndefined()
})

test('a call that the server rejects is reported and not spooled', async () => {
  using folder = temporaryFolder()
  const problem = await reporter(folder.path).end({ ...call('odd'), execution_ms: -1 })
  expect(problem).toMatch(/^the call was not recorded: \/execution_ms must be >= 0/)
  expect(readdirSync(folder.path)).toEqual([])
})

test('each server and each named project has a spool folder of its own', () => {
  const a = { url: 'https://a.example', project: undefined }
  const folders = [a, { ...a, url: 'https://b.example' }, { ...a, project: 'web' }].map((destination) =>
    ownSpoolFolder(destination, { HOME: '/home/me' }),
  )
  expect(new Set(folders).size).toBe(3)
  expect(folders[0]).toMatch(/^\/home\/me\/\.local\/state\/skillwatch\/spool\/[0-9a-f]{16}$/)
  expect(ownSpoolFolder(a, { XDG_STATE_HOME: '/state' })).toMatch(/^\/state\/skillwatch\/spool\//)
})
