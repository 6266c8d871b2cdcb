import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observation } from '@skillwatch/schema'
import { NOW_MS, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { openCheckpointStore } from '../../../src/import/checkpoint-store.ts'
import { importLines, LINES_CHECKPOINTS, type LinesSource } from '../../../src/import/ndjson/import-lines.ts'

function bench(temporary: TemporaryFolder) {
  const sent: Observation[] = []
  const path = join(temporary.path, 'calls.ndjson')
  const accept = async (observations: readonly Observation[]) => {
    sent.push(...observations)
    return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  return {
    path,
    sent,
    async run({ source = undefined as LinesSource | undefined, send = accept, restart = false } = {}) {
      const server = { serverUrl: 'http://127.0.0.1:1', epoch: 'e1' }
      const checkpoints = await openCheckpointStore(join(temporary.path, 'state'), server, LINES_CHECKPOINTS)
      return await importLines({
        source: source ?? { path, sizeBytes: (await stat(path)).size },
        send,
        checkpoints,
        restart,
        lineBytesMax: 10_000,
        batchItemsMax: 10,
        signal: new AbortController().signal,
        nowMs: () => NOW_MS,
      })
    },
  }
}

const line = (skill_name: string, more: object = {}) =>
  `${JSON.stringify({ skill_name, session_id: 's', outcome: 'completed', ...more })}\n`

test('a second run reads nothing, and a file that grows is followed', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeFileSync(path, line('a') + line('b'))
  expect(await run()).toMatchObject({ lines: 2, observations: 2, outcomes: { completed: 2 } })
  expect(await run()).toMatchObject({ lines: 0, known_bytes: readFileSync(path).length })
  appendFileSync(path, line('c'))
  expect(await run()).toMatchObject({ lines: 1 })
  expect(sent.map((each) => each.skill_name)).toEqual(['a', 'b', 'c'])
})

test('equal lines without an id are different calls, and the same calls when read again', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeFileSync(path, line('a') + line('a') + line('b', { invocation_id: 'own' }))
  await run()
  await run({ restart: true })
  await run({ source: pieces(readFileSync(path)) })
  const ids = sent.map((each) => each.invocation_id)
  expect(new Set(ids.slice(0, 3)).size).toBe(3)
  expect(ids[2]).toBe('own')
  expect(ids).toEqual([...ids.slice(0, 3), ...ids.slice(0, 3), ...ids.slice(0, 3)])
})

/** As a pipe would bring it: in pieces that end anywhere. */
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7)
}

test('unusable lines are counted by reason, and all others are imported', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  const bad = [
    '{"half',
    '[1]',
    '7',
    '',
    '  ',
    line('x', { colour: 1 }).trim(),
    line('y'.repeat(20_000)).trim(),
  ]
  writeFileSync(path, `${bad.map((each) => `${each}\n`).join('')}${line('good')}`)
  expect(await run()).toMatchObject({
    lines: 8,
    observations: 1,
    skipped: {
      'the line is not JSON': 1,
      'is not an object': 2,
      '/colour is not a known field; put own fields into attributes': 1,
      'the line is too long': 1,
    },
  })
  expect(sent.map((each) => each.skill_name)).toEqual(['good'])
})

test('a half-written last line of a file is left for the next run; in standard input it is counted', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeFileSync(path, line('a') + line('b').slice(0, 20))
  expect(await run()).toMatchObject({ lines: 1, skipped: {}, unfinished_line: true })
  expect(await run({ source: pieces(readFileSync(path)) })).toMatchObject({
    lines: 2,
    skipped: { 'the line is not JSON': 1 },
    unfinished_line: false,
  })
  appendFileSync(path, line('b').slice(20).trimEnd())
  expect(await run()).toMatchObject({ lines: 1, skipped: {}, unfinished_line: false })
  expect(sent.at(-1)?.skill_name).toBe('b')
})

test('an import that ends in the middle goes on after what was answered for', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  const names = Array.from({ length: 100 }, (_, index) => `skill-${index}`)
  writeFileSync(path, names.map((name) => line(name)).join(''))
  const early: Observation[] = []
  const failing = async (observations: readonly Observation[]) => {
    if (early.length >= 30) throw new Error('gone')
    early.push(...observations)
    return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  await expect(run({ send: failing })).rejects.toThrow('gone')
  await run()
  expect([...early, ...sent].map((each) => each.skill_name)).toEqual(names)
})

test('a file that was replaced is read from its start', async () => {
  using temporary = temporaryFolder()
  const { path, run } = bench(temporary)
  writeFileSync(path, line('a') + line('b'))
  await run()
  writeFileSync(path, line('c') + line('d') + line('e'))
  expect(await run()).toMatchObject({ restarted: true, lines: 3 })
})
