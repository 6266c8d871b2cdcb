import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { openWriter } from '@skillwatch/db'
import { anObservation, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from './support.ts'

const name = 'on a full disk requests are refused with 503, and accepted again when there is space'

/** A file system of a few megabytes in memory; only root may mount one. */
function smallDisk(path: string): Disposable | undefined {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    if (process.env.CI)
      throw new Error('mounting a tmpfs is needed for this test: run it as root', { cause: error })
    return undefined
  }
  return { [Symbol.dispose]: () => execFileSync('/bin/umount', ['--lazy', path]) }
}

test(name, async (context) => {
  using folder = temporaryFolder()
  using disk = smallDisk(folder.path)
  context.skip(disk === undefined, 'mounting a tmpfs is not allowed here (root may)')
  await using ingest = await testApp({ databasePath: `${folder.path}/skillwatch.db` })
  const filler = `${folder.path}/filler`
  writeFileSync(filler, Buffer.alloc(2 * 1024 * 1024))

  let sent = 0
  const nextBatch = () =>
    Array.from({ length: 500 }, () =>
      anObservation({ invocation_id: `i-${sent++}`, attributes: { pad: 'x'.repeat(900) } }),
    )
  let batch = nextBatch()
  let reply = await ingest.post(batch)
  while (reply.statusCode === 200) {
    batch = nextBatch()
    reply = await ingest.post(batch)
  }
  expect(reply.statusCode).toBe(503)
  expect(reply.headers['retry-after']).toBe('2')
  expect(ingest.differences()).toEqual([])
  expect(await ingest.rows()).toHaveLength(sent - 500)

  rmSync(filler)
  await until(async () => (await ingest.app.inject('/health/ready')).statusCode === 200)
  expect((await ingest.post(batch)).json()).toEqual({ accepted: 500, duplicates: 0, rejected: [] })
  expect(await ingest.rows()).toHaveLength(sent)
  expect(ingest.differences()).toEqual([])
})

test('on a full disk the database can be closed, and is checked at the next start', async (context) => {
  using folder = temporaryFolder()
  using disk = smallDisk(folder.path)
  context.skip(disk === undefined, 'mounting a tmpfs is not allowed here (root may)')
  const url = `sqlite:${folder.path}/skillwatch.db`
  const writer = openWriter(url)
  const filler = `${folder.path}/filler`
  expect(() => writeFileSync(filler, Buffer.alloc(8 * 1024 * 1024))).toThrow(/ENOSPC/)
  writer.close()
  rmSync(filler)
  using again = openWriter(url)
  expect(again.sqlite.open).toBe(true)
})
