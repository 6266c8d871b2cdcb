import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { checkSpool } from '../../src/doctor/spool.ts'

function given(folder: string, name: string, text: string, secondsAgo: number): void {
  writeFileSync(join(folder, name), text)
  const changedAt = new Date(NOW_MS - secondsAgo * 1000)
  utimesSync(join(folder, name), changedAt, changedAt)
}

test.each<[string, string, number]>([
  ['shared.ndjson', '{}\n', 5],
  ['shared.ndjson', '', 900],
  ['hooks.journal', '{}\n', 900],
])('of %s with %j that is %d seconds old nothing is said', async (...file) => {
  using folder = temporaryFolder()
  given(folder.path, ...file)
  expect(await checkSpool(folder.path, NOW_MS)).toBeUndefined()
})

test('of a folder that is not there nothing is said', async () => {
  using folder = temporaryFolder()
  expect(await checkSpool(join(folder.path, 'none'), NOW_MS)).toBeUndefined()
})

test('events that nothing has read for a while are named, with who reads them', async () => {
  using folder = temporaryFolder()
  given(folder.path, '00001700000000-0123456789ab.ndjson', '{}\n', 900)
  given(folder.path, 'shared.ndjson', '{}\n', 1)
  expect(await checkSpool(folder.path, NOW_MS)).toEqual({
    name: 'spool',
    state: 'note',
    text:
      `events of hooks and commands wait in ${folder.path} since ` +
      new Date(NOW_MS - 900_000).toISOString(),
    fix: expect.stringMatching(/^start ingest with `npm start`.* setup claude-code --hooks http`$/),
  })
})
