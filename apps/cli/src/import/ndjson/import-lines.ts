import { createHash } from 'node:crypto'
import type { Destination } from '../destination.ts'
import { markOf } from '../file-mark.ts'
import { type Line, readLines, splitLines } from '../lines.ts'
import { createOutbox, type Outbox } from '../outbox.ts'
import type { ProgressKind } from '../progress-store.ts'
import { count, countSent } from '../summary.ts'
import { type ItemReading, itemsOf, readItem } from './read-item.ts'
import { createNdjsonSummary, type NdjsonSummary } from './summary.ts'

/** How far one file is imported: everything before `offset` is answered for by the server. */
export interface LinesProgress {
  readonly path: string
  readonly offset: number
  /** See `markOf`. */
  readonly mark: string
}

export const LINES_PROGRESS: ProgressKind<LinesProgress> = {
  name: 'ndjson',
  isWhole: ({ offset, mark }) => Number.isSafeInteger(offset) && typeof mark === 'string',
}

/** A file, to the size that was looked at; or bytes that come only once, such as standard input. */
export type LinesSource = { readonly path: string; readonly sizeBytes: number } | AsyncIterable<Buffer>

export interface ImportLinesOptions extends Destination<LinesProgress> {
  readonly source: LinesSource
  /** Reads a file again from its start, whatever was reached before. */
  readonly restart: boolean
  readonly lineBytesMax: number
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onBytes?: (bytes: number) => void
}

/**
 * Imports observations and invocations, one to a line. A file may be stopped at any moment and started again: nothing is
 * lost and nothing counts twice.
 * @throws {SendError} when the server refuses or stays away; the signal's reason when aborted
 */
export async function importLines(options: ImportLinesOptions): Promise<NdjsonSummary> {
  const { source, signal, nowMs, progress } = options
  const startedAtMs = nowMs()
  const path = 'path' in source ? source.path : undefined
  const summary = createNdjsonSummary(path ?? '-')
  const outbox = createOutbox<LinesProgress>({
    send: options.send,
    save: (each) => progress.write(each),
    onSent: (totals) => countSent(summary.sent, totals),
    itemsMax: options.batchItemsMax,
  })
  let offset = await startOf(options, summary)
  options.onBytes?.(offset)
  const flush = async () => {
    if (path !== undefined) outbox.checkpoint({ path, offset, mark: await markOf(path, offset) })
    await outbox.flush()
  }
  const from = offset
  const lines =
    'path' in source
      ? readLines(source.path, { ...options, offset, endOffset: source.sizeBytes })
      : splitLines(source, { ...options, offset })
  for await (const line of lines) {
    signal.throwIfAborted()
    const value = parse(line)
    // Half-written by somebody at work: left for the next time. Standard input has no next time.
    if (!line.complete && value === undefined && path !== undefined) {
      summary.unfinished_line = true
      break
    }
    summary.lines += 1
    take(line, value, { start: offset, outbox, summary, nowMs: nowMs() })
    options.onBytes?.(line.endOffset - offset)
    offset = line.endOffset
    if (outbox.isFull) await flush()
  }
  summary.bytes = offset - from
  await flush()
  await outbox.drain()
  summary.elapsed_ms = nowMs() - startedAtMs
  return summary
}

/** Where to go on: after what is known, if the file still begins with it. */
async function startOf(
  { source, restart, progress }: ImportLinesOptions,
  summary: NdjsonSummary,
): Promise<number> {
  if (!('path' in source) || restart) return 0
  const saved = await progress.read(source.path)
  if (saved === undefined) return 0
  const isSame = saved.offset <= source.sizeBytes && (await markOf(source.path, saved.offset)) === saved.mark
  summary.restarted = !isSame
  summary.known_bytes = isSame ? saved.offset : 0
  return summary.known_bytes
}

function take(
  line: Line,
  value: unknown,
  {
    start,
    outbox,
    summary,
    nowMs,
  }: { start: number; outbox: Outbox<LinesProgress>; summary: NdjsonSummary; nowMs: number },
): void {
  const flaw = flawOf(line, value)
  if (flaw !== undefined) {
    if (flaw !== 'blank') count(summary.skipped, flaw)
    return
  }
  for (const [index, item] of itemsOf(value).entries()) {
    const reading = readItem(item, nowMs, () => idOf(line.bytes!, start, index))
    tally(summary, reading)
    if (reading.observation !== undefined) outbox.add([reading.observation])
  }
}

function flawOf(
  { bytes }: Line,
  value: unknown,
): 'blank' | 'the line is too long' | 'the line is not JSON' | undefined {
  if (bytes === undefined) return 'the line is too long'
  if (value !== undefined) return undefined
  return bytes.toString('latin1').trim() === '' ? 'blank' : 'the line is not JSON'
}

/** The same whenever this file is read again: text and place tell two equal lines apart. */
function idOf(bytes: Buffer, start: number, index: number): string {
  return `ndjson-${createHash('sha256').update(`${start} ${index}\n`).update(bytes).digest('hex').slice(0, 32)}`
}

function tally(summary: NdjsonSummary, { form, observation, skipped, leftOut }: ItemReading): void {
  if (skipped !== undefined) {
    count(summary.skipped, skipped)
    return
  }
  summary[`${form}s`] += 1
  count(summary.outcomes, observation?.outcome ?? 'unstated')
  for (const field of leftOut) count(summary.left_out, field)
}

function parse({ bytes }: Line): unknown {
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
