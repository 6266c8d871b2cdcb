import { statSync } from 'node:fs'
import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions } from './harness/question.ts'
import { fillDatabase } from './parts/fill.ts'
import { createObservations } from './parts/observations.ts'
import { randomToolUseId } from './parts/random.ts'
import { recordBytes } from './parts/record-bytes.ts'
import { readFile } from './parts/stored.ts'

const CALLS = 100_000
const QUICK_CALLS = 10_000

/**
 * How many bytes on disk does a call cost, compared with its row?
 *
 * Ours: 100,000 finished calls of one witness (`sdk`, about fifteen fields, random ids like Claude Code's),
 * through ingest. Its stop moves the write-ahead log into the file; the size of the file is divided by the
 * calls. So it counts indexes, witness records, roll-ups and the change log too.
 *
 * Baseline: the mean size of the row's record in `skill_invocation` alone, header and values, as SQLite
 * stores it (sqlite.org/fileformat2.html, section 2.1).
 */
export const disk: Question = {
  name: 'disk',
  asks: 'bytes of the database file per call with one witness',
  baseline: 'bytes of the record of its row in skill_invocation (SQLite record format: header and values)',
  measures: [{ name: 'disk_per_call', unit: 'bytes', goal: null, ratioGoal: 2.5 }],
  isMeasuredOnce: true,
  open,
}

async function open({ quick, rows }: QuestionOptions): Promise<OpenQuestion> {
  const calls = rows ?? (quick ? QUICK_CALLS : CALLS)
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const path = `${folder.path}/skillwatch.db`
  const source = createObservations((_number, _nowMs, random) => randomToolUseId(random))
  await fillDatabase(`sqlite:${path}`, calls, (count) => source.take(count, Date.now()))

  const running = stack.move()
  return {
    ours: async () => ({ disk_per_call: statSync(path).size / calls }),
    baseline: async () => ({ disk_per_call: meanRowBytes(path, calls) }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** @throws {Error} unless every call is a row */
function meanRowBytes(path: string, calls: number): number {
  let count = 0
  let bytes = 0
  readFile(path, (sqlite) => {
    const rows = sqlite.prepare<[], unknown[]>('select * from skill_invocation').raw()
    // The first column is the key of the table, which the record holds as null.
    for (const [, ...values] of rows.iterate()) {
      count++
      bytes += recordBytes([null, ...values])
    }
  })
  if (count !== calls) throw new Error(`expected ${calls} rows, found ${count}`)
  return bytes / calls
}
