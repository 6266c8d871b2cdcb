import { createHash, type Hash } from 'node:crypto'
import type { HourlyCalls } from '@skillwatch/db'

const HOUR_MS = 3_600_000
/** The digest of an hour without calls. */
const EMPTY = ''

/** A digest of each hour of a range, by which two runs compare what they read. */
export class HourDigests {
  readonly #fromMs: number
  readonly #hashes: (Hash | undefined)[]

  constructor({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) {
    this.#fromMs = fromMs
    this.#hashes = Array.from({ length: (toMs - fromMs) / HOUR_MS })
  }

  /** The same rows, each counted in the digest of its hour. Their order must follow from what they are. */
  *read(rows: Iterable<HourlyCalls>): Generator<HourlyCalls> {
    for (const row of rows) {
      this.#hashOf(row.hour_at_ms).update(textOf(row))
      yield row
    }
  }

  digests(): string[] {
    return this.#hashes.map((hash) => hash?.copy().digest('base64') ?? EMPTY)
  }

  #hashOf(hourAtMs: number): Hash {
    const hour = (hourAtMs - this.#fromMs) / HOUR_MS
    const hash = this.#hashes[hour] ?? createHash('sha256')
    this.#hashes[hour] = hash
    return hash
  }
}

function textOf({ follow_counts, ...counts }: HourlyCalls): string {
  // In the order of names, as the order in which sessions are read changes.
  const follows = Object.entries(follow_counts).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify([counts, follows])}\n`
}
