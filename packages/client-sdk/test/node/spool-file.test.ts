import { appendFileSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixedClock, NOW_MS, runProgram, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { setAside } from '../../src/node/set-aside.ts'
import { appendToSpool } from '../../src/node/spool-file.ts'
import { type LinesSetAside, replaySpool } from '../../src/node/spool-replay.ts'

const line = (id: number) => JSON.stringify({ id, text: 'line\nbreak' })
const ids = (lines: string[]) => lines.map((text) => (JSON.parse(text) as { id: number }).id)

/** A receiver that stores every line, and the ids of those that it was sent. */
function receiver(): { found: number[]; send: (lines: string[]) => Promise<string[]> } {
  const found: number[] = []
  const send = async (lines: string[]) => {
    found.push(...ids(lines))
    return []
  }
  return { found, send }
}

function linesIn(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
}

async function replayIds(folder: string): Promise<number[]> {
  const { found, send } = receiver()
  await replaySpool(folder, send, { now: fixedClock })
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

test('lines that are not JSON are set aside, and the lines around them are sent', async () => {
  using folder = temporaryFolder()
  appendToSpool(folder.path, line(1), { now: fixedClock })
  appendFileSync(join(folder.path, 'shared.ndjson'), '{"id":2,"te')
  appendToSpool(folder.path, line(3), { now: fixedClock })
  appendFileSync(join(folder.path, 'shared.ndjson'), '\u0000\u0000 not json\n{"id":4}\n{"id":')
  const { found, send } = receiver()
  const aside: LinesSetAside[] = []
  const onSetAside = (each: LinesSetAside) => void aside.push(each)
  const summary = await replaySpool(folder.path, send, { now: fixedClock, onSetAside })
  expect(found).toEqual([1, 3, 4])
  expect(summary).toEqual({ segments: 1, lines: 3, droppedLines: 0, againInMs: undefined })
  const path = join(folder.path, 'spool.unreadable')
  expect(aside).toEqual([{ reason: 'unreadable', path, lines: 3, lost: 0 }])
  expect(linesIn(path)).toEqual(['{"id":2,"te', '\u0000\u0000 not json', '{"id":'])
  expect(readdirSync(folder.path)).toEqual(['spool.unreadable'])
})

test('lines that the receiver rejects are set aside once, when the whole segment was sent', async () => {
  using folder = temporaryFolder()
  for (let id = 0; id < 600; id += 1) appendToSpool(folder.path, line(id), { now: fixedClock })
  const path = join(folder.path, 'spool.rejected')
  let isDown = true
  const send = async (lines: string[]) => {
    if (isDown && ids(lines)[0] !== 0) throw new Error('server is down')
    return lines.filter((text) => ids([text])[0] === 7)
  }
  await expect(replaySpool(folder.path, send, { now: fixedClock })).rejects.toThrow('server is down')
  expect(readdirSync(folder.path)).not.toContain('spool.rejected')
  isDown = false
  await replaySpool(folder.path, send, { now: fixedClock })
  expect(linesIn(path)).toEqual([line(7)])
})

test('a file of lines that were set aside has a bound, and what does not fit is counted', () => {
  using folder = temporaryFolder()
  const keep = (lines: string[]) => setAside(folder.path, 'spool', 'rejected', lines, 20)
  expect(keep(['12345', 'too long for the file', '67890'])).toMatchObject({ lines: 3, lost: 1 })
  expect(keep(['1234567', 'abc'])).toMatchObject({ lines: 2, lost: 1 })
  const path = join(folder.path, 'spool.rejected')
  expect(linesIn(path)).toEqual(['12345', '67890', 'abc'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
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
  const summary = await replaySpool(folder.path, receiver().send, { now: fixedClock })
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
      return []
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
  const { found, send } = receiver()
  const { againInMs } = await replaySpool(folder.path, send, { now: fixedClock })
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
