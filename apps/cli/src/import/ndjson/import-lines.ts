import { createHash } from 'node:crypto'
import type { CheckpointKind } from '../checkpoint-store.ts'
import type { Destination } from '../destination.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { type Line, readLines, splitLines } from '../lines.ts'
import { count } from '../summary.ts'
import { Uploader } from '../uploader.ts'
import { type ItemReading, itemsOf, readItem } from './read-item.ts'
import { createNdjsonSummary, type NdjsonSummary } from './summary.ts'

/** How far one file is imported: the server has accepted everything before `offset`. */
export interface LinesCheckpoint {
  readonly path: string
  readonly offset: number
  /** Of the file's content before `offset`. */
  readonly fingerprint: string
}

export const LINES_CHECKPOINTS: CheckpointKind<LinesCheckpoint> = {
  name: 'ndjson',
  isValid: ({ offset, fingerprint }) => Number.isSafeInteger(offset) && typeof fingerprint === 'string',
}

/**
 * A file up to the size it had when it was opened, or a stream that can be read once, such as standard
 * input.
 */
export type LinesSource = { readonly path: string; readonly sizeBytes: number } | AsyncIterable<Buffer>

export interface ImportLinesOptions extends Destination<LinesCheckpoint> {
  readonly source: LinesSource
  /** Ignores the checkpoint and reads the file from its start. */
  readonly restart: boolean
  readonly lineBytesMax: number
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onBytes?: (bytes: number) => void
}

/**
 * Imports observations and invocations, one on each line. The import of a file may be stopped at any moment
 * and run again: nothing is lost, and nothing is counted twice.
 * @throws {SendError} when the server refuses or does not answer; the signal's reason when aborted
 */
export function importLines(options: ImportLinesOptions): Promise<NdjsonSummary> {
  return new LinesImport(options).run()
}

class LinesImport {
  readonly #options: ImportLinesOptions
  readonly #summary: NdjsonSummary
  readonly #uploader: Uploader<LinesCheckpoint>
  /** Undefined for a stream. */
  readonly #path: string | undefined
  #offset = 0

  constructor(options: ImportLinesOptions) {
    this.#options = options
    this.#path = 'path' in options.source ? options.source.path : undefined
    this.#summary = createNdjsonSummary(this.#path ?? '-')
    this.#uploader = new Uploader(options, { observations: this.#summary.sent })
  }

  async run(): Promise<NdjsonSummary> {
    const { onBytes, nowMs } = this.#options
    const startedAtMs = nowMs()
    const start = await startOffset(this.#options, this.#summary)
    onBytes?.(start)
    this.#offset = start
    await this.#readLines()
    this.#summary.bytes = this.#offset - start
    await this.#flush()
    await this.#uploader.drain()
    this.#summary.elapsed_ms = nowMs() - startedAtMs
    return this.#summary
  }

  async #readLines(): Promise<void> {
    const { source, signal } = this.#options
    const range = { ...this.#options, offset: this.#offset }
    const lines =
      'path' in source
        ? readLines(source.path, { ...range, endOffset: source.sizeBytes })
        : splitLines(source, range)
    for await (const line of lines) {
      signal.throwIfAborted()
      const value = parse(line)
      // A program is still writing the last line: the next run reads it. A stream has no next run.
      if (!line.complete && value === undefined && this.#path !== undefined) {
        this.#summary.unfinished_line = true
        return
      }
      this.#take(line, value)
      if (this.#uploader.isFull) await this.#flush()
    }
  }

  #take(line: Line, value: unknown): void {
    const start = this.#offset
    this.#offset = line.endOffset
    this.#summary.lines += 1
    this.#options.onBytes?.(line.endOffset - start)
    const flaw = flawOf(line, value)
    if (flaw === undefined) this.#takeItems(line.bytes!, start, value)
    else if (flaw !== 'blank') count(this.#summary.skipped, flaw)
  }

  #takeItems(bytes: Buffer, start: number, value: unknown): void {
    const nowMs = this.#options.nowMs()
    for (const [index, item] of itemsOf(value).entries()) {
      const reading = readItem(item, nowMs, () => idOf(bytes, start, index))
      tally(this.#summary, reading)
      if (reading.observation !== undefined) this.#uploader.add([reading.observation])
    }
  }

  async #flush(): Promise<void> {
    const [path, offset] = [this.#path, this.#offset]
    if (path !== undefined)
      this.#uploader.setCheckpoint({ path, offset, fingerprint: await fingerprintOf(path, offset) })
    await this.#uploader.flush()
  }
}

/** The offset of the checkpoint, or 0 when the file was replaced since. */
async function startOffset(
  { source, restart, checkpoints }: ImportLinesOptions,
  summary: NdjsonSummary,
): Promise<number> {
  if (!('path' in source) || restart) return 0
  const saved = await checkpoints.read(source.path)
  if (saved === undefined) return 0
  const isSame =
    saved.offset <= source.sizeBytes &&
    (await fingerprintOf(source.path, saved.offset)) === saved.fingerprint
  summary.restarted = !isSame
  summary.known_bytes = isSame ? saved.offset : 0
  return summary.known_bytes
}

function flawOf(
  { bytes }: Line,
  value: unknown,
): 'blank' | 'the line is too long' | 'the line is not JSON' | undefined {
  if (bytes === undefined) return 'the line is too long'
  if (value !== undefined) return undefined
  return bytes.toString('latin1').trim() === '' ? 'blank' : 'the line is not JSON'
}

/** The same each time this file is read. The offset makes the ids of two equal lines differ. */
function idOf(bytes: Buffer, start: number, index: number): string {
  const hash = createHash('sha256').update(`${start} ${index}\n`).update(bytes)
  return `ndjson-${hash.digest('hex').slice(0, 32)}`
}

function tally(summary: NdjsonSummary, { form, observation, skipped, ignored }: ItemReading): void {
  if (skipped !== undefined) {
    count(summary.skipped, skipped)
    return
  }
  summary[`${form}s`] += 1
  count(summary.outcomes, observation?.outcome ?? 'without_outcome')
  for (const field of ignored) count(summary.ignored_fields, field)
}

function parse({ bytes }: Line): unknown {
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
