import { join } from 'node:path'
import { temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { standBy } from '../src/stand-by.ts'

test('a second analyst of a database waits until the first one ends', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'skillwatch.db')
  const { signal } = new AbortController()
  const events: string[] = []
  const first = await standBy(path, { pollMs: 1, signal, onWait: () => events.push('first waits') })
  const second = standBy(path, { pollMs: 1, signal, onWait: () => events.push('second waits') })
  await until(() => events.length > 0)
  expect(events).toEqual(['second waits'])
  first[Symbol.dispose]()
  using _lock = await second
  expect(events).toEqual(['second waits'])
})

test('an analyst that waits ends when it is stopped', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'skillwatch.db')
  const stop = new AbortController()
  const options = { pollMs: 60_000, signal: stop.signal }
  using _lock = await standBy(path, { ...options, onWait: () => {} })
  const second = standBy(path, { ...options, onWait: () => stop.abort() })
  await expect(second).rejects.toThrow('aborted')
})

test('a folder in which no lock can be made is an error that says so', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'missing', 'skillwatch.db')
  const start = standBy(path, { pollMs: 1, signal: new AbortController().signal, onWait: () => {} })
  await expect(start).rejects.toThrow(/^cannot lock .*-analyst \(.+\): its folder must be writable$/)
})
