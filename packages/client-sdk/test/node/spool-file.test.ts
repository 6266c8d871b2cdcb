import { appendFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixedClock, NOW_MS, runProgram, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { appendToSpool, replaySpool } from '../../src/node/spool-file.ts'

const line = (id: number) => JSON.stringify({ id, text: 'line\nbreak' })
const ids = (lines: string[]) => lines.map((text) => (JSON.parse(text) as { id: number }).id)

async function replayIds(folder: string): Promise<number[]> {
  const found: number[] = []
  await replaySpool(folder, async (lines) => void found.push(...ids(lines)), { now: fixedClock })
  return found
}

test('appended lines are replayed once, in order, and the folder is empty afterwards', async () => {
  using folder = temporaryFolder()
  for (let id = 0; id < 1_200; id += 1)
    expect(appendToSpool(folder.path, line(id), { now: fixedClock })).toBe(true)
  expect(await replayIds(folder.path)).toEqual(Array.from({ length: 1_200 }, (_, id) => id))
  expect(await replayIds(folder.path)).toEqual([])
  expect(readdirSync(folder.path)).toEqual([])
})

test('a missing folder has no lines, and the first append creates it', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'deep', 'spool')
  expect(await replayIds(path)).toEqual([])
  appendToSpool(path, line(1), { now: fixedClock })
  expect(await replayIds(path)).toEqual([1])
})

test('lines that are not JSON are skipped and counted, and the lines around them are kept', async () => {
  using folder = temporaryFolder()
  appendToSpool(folder.path, line(1), { now: fixedClock })
  appendFileSync(join(folder.path, 'shared.ndjson'), '{"id":2,"te')
  appendToSpool(folder.path, line(3), { now: fixedClock })
  appendFileSync(join(folder.path, 'shared.ndjson'), '\u0000\u0000 not json\n{"id":4}\n{"id":')
  const found: number[] = []
  const summary = await replaySpool(folder.path, async (lines) => void found.push(...ids(lines)), {
    now: fixedClock,
  })
  expect(found).toEqual([1, 3, 4])
  expect(summary).toEqual({ segments: 1, lines: 3, skippedLines: 3, droppedLines: 0, againInMs: undefined })
})

test('lines that could not be sent stay for the next replay', async () => {
  using folder = temporaryFolder()
  appendToSpool(folder.path, line(1), { now: fixedClock })
  const refused = replaySpool(folder.path, () => Promise.reject(new Error('server is down')), {
    now: fixedClock,
  })
  await expect(refused).rejects.toThrow('server is down')
  appendToSpool(folder.path, line(2), { now: fixedClock })
  expect(await replayIds(folder.path)).toEqual([1, 2])
})

test('a full folder refuses lines, and the next replay reports how many', async () => {
  using folder = temporaryFolder()
  const big = JSON.stringify('x'.repeat(400_000))
  const taken = Array.from({ length: 8 }, () =>
    appendToSpool(folder.path, big, { now: fixedClock, bytesMax: 2_000_000 }),
  )
  expect(taken.filter((isTaken) => !isTaken).length).toBeGreaterThanOrEqual(3)
  const summary = await replaySpool(folder.path, async () => undefined, { now: fixedClock })
  expect(summary.lines + summary.droppedLines).toBe(8)
  expect(summary.lines).toBe(taken.filter((isTaken) => isTaken).length)
  expect(appendToSpool(folder.path, big, { now: fixedClock, bytesMax: 2_000_000 })).toBe(true)
})

test('a line appended during a replay is not lost', async () => {
  using folder = temporaryFolder()
  appendToSpool(folder.path, line(1), { now: fixedClock })
  const found: number[] = []
  await replaySpool(
    folder.path,
    async (lines) => {
      appendToSpool(folder.path, line(2), { now: fixedClock })
      found.push(...ids(lines))
    },
    { now: fixedClock },
  )
  expect([...found, ...(await replayIds(folder.path))]).toEqual([1, 2])
})

test('two replays at the same time send a segment once', async () => {
  using folder = temporaryFolder()
  for (let id = 0; id < 10; id += 1) appendToSpool(folder.path, line(id), { now: fixedClock })
  const [first, second] = await Promise.all([replayIds(folder.path), replayIds(folder.path)])
  expect([...first, ...second]).toHaveLength(10)
})

test('a segment of a dead process is taken over, one of a living process is not', async () => {
  using folder = temporaryFolder()
  const { hostname } = await import('node:os')
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '-')
  const ended = await runProgram({ command: process.execPath, args: ['-p', 'process.pid'] })
  const deadPid = Number(ended.stdout)
  writeFileSync(join(folder.path, `00000000000001-00000000000a.ndjson.${deadPid}@${host}`), `${line(1)}\n`)
  const living = join(folder.path, `00000000000002-00000000000b.ndjson.${process.ppid}@${host}`)
  writeFileSync(living, `${line(2)}\n`)
  utimesSync(living, new Date(NOW_MS), new Date(NOW_MS - 1_000))
  const found: number[] = []
  const { againInMs } = await replaySpool(folder.path, async (lines) => void found.push(...ids(lines)), {
    now: fixedClock,
  })
  expect(found).toEqual([1])
  expect(readdirSync(folder.path)).toHaveLength(1)
  expect(againInMs).toBe(44_000)
})

test('lines that processes append during replays are all replayed', async () => {
  using folder = temporaryFolder()
  const module = new URL('../../src/node/spool-file.ts', import.meta.url).href
  const script = `
    const { appendToSpool } = await import(${JSON.stringify(module)})
    const first = Number(process.argv[2])
    const now = () => ${NOW_MS}
    for (let id = first; id < first + 500; id += 1)
      appendToSpool(process.argv[1], JSON.stringify({ id }), { now })`
  const writers = [0, 1_000, 2_000].map((first) =>
    runProgram({
      command: process.execPath,
      args: ['--input-type=module', '-e', script, folder.path, String(first)],
    }),
  )
  const found = new Set<number>()
  let writing = true
  const all = Promise.all(writers).finally(() => {
    writing = false
  })
  while (writing) {
    for (const id of await replayIds(folder.path)) found.add(id)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await all
  for (const id of await replayIds(folder.path)) found.add(id)
  expect(found.size).toBe(1_500)
})
