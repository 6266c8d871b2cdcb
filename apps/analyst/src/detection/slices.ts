import type { HourlyCalls, HourSlice } from '@skillwatch/db'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { NumberReader, NumberWriter } from './packed-numbers.ts'

/** A slice of hourly counts in few bytes. */
export interface PackedSlice {
  /** By the hour in which the calls ended, ascending: its counts. */
  readonly hours: readonly (readonly [hourAtMs: number, counts: Uint8Array])[]
  /** Differences between the ids of the rows that were counted. */
  readonly rowIds: Uint8Array
  readonly pending: HourSlice['pending']
}

/** Slices by the start of their hour, and the names that they use by number; null where none uses it. */
export interface PackedSlices {
  readonly names: readonly (string | null)[]
  readonly slices: ReadonlyMap<number, PackedSlice>
}

const COUNTS = [
  'invocation_count',
  'completed_count',
  'failed_count',
  'rejected_count',
  'abandoned_count',
] as const satisfies readonly (keyof HourlyCalls)[]

/** Where the counts of a skill in an hour begin. */
type Place = readonly [hourAtMs: number, counts: Uint8Array, place: number]

/**
 * The hourly counts of a range, as slices that can be replaced one by one. They take about 20 bytes for each
 * skill and hour, and 1 to 3 bytes for each row.
 */
export class Slices {
  readonly #names: (string | null)[]
  readonly #numbers: Map<string, number>
  readonly #slices: Map<number, PackedSlice>

  constructor({ names, slices }: PackedSlices = { names: [], slices: new Map() }) {
    this.#names = [...names]
    this.#numbers = new Map(names.flatMap((name, number) => (name === null ? [] : [[name, number]])))
    this.#slices = new Map(slices)
  }

  /**
   * Replaces the slice of an hour.
   * @returns the first hour whose counts differ from those before; infinite when none does
   */
  set(slice: HourSlice): number {
    const before = this.#slices.get(slice.hour_at_ms)
    const after = this.#pack(slice)
    const isEmpty = after.hours.length === 0 && after.pending.length === 0
    if (isEmpty) this.#slices.delete(slice.hour_at_ms)
    else this.#slices.set(slice.hour_at_ms, after)
    return firstDifference(before?.hours ?? [], after.hours)
  }

  /** The hours of the slices that were counted from one of these rows at least. */
  *countedFrom(rowIds: ReadonlySet<number>): Generator<number> {
    if (rowIds.size === 0) return
    for (const [hourAtMs, slice] of this.#slices) if (hasOneOf(slice.rowIds, rowIds)) yield hourAtMs
  }

  /** The rows that were not counted because they end later, and that end before an instant. */
  *pendingUntil(untilMs: number): Generator<number> {
    for (const { pending } of this.#slices.values())
      for (const { row_id, ended_at_ms } of pending) if (ended_at_ms < untilMs) yield row_id
  }

  /**
   * The counts of all skills with so many calls, ordered by kind and name. A skill can have several rows of
   * one hour, which add up.
   */
  *rows(callsMin = 0): Generator<HourlyCalls> {
    for (const [skill, { calls, places }] of this.#placesBySkill())
      if (calls >= callsMin) for (const place of places) yield this.#unpack(skill, place)
  }

  /** Without the names that are not used any more, such as those of deleted skills. */
  packed(): PackedSlices {
    const used = new Uint8Array(this.#names.length)
    this.#forEachCell((_, reader) => {
      used[reader.read()] = 1
      reader.skip(COUNTS.length)
      reader.skip(reader.read())
      for (let followers = reader.read(); followers > 0; followers -= 1) {
        used[reader.read()] = 1
        reader.skip(1)
      }
    })
    return { names: this.#names.map((name, number) => (used[number] ? name : null)), slices: this.#slices }
  }

  #pack({ counts, row_ids, pending }: HourSlice): PackedSlice {
    const byHour = Map.groupBy(counts, ({ hour_at_ms }) => hour_at_ms)
    const hours = [...byHour].map(([hourAtMs, cells]) => [hourAtMs, this.#packCells(cells)] as const)
    return { hours, rowIds: packAscending(row_ids), pending }
  }

  #packCells(cells: readonly HourlyCalls[]): Uint8Array {
    const writer = new NumberWriter()
    for (const cell of cells) {
      writer.write(KINDS.indexOf(cell.kind))
      writer.write(this.#numberOf(cell.skill_name))
      for (const count of COUNTS) writer.write(cell[count])
      writer.write(cell.duration_counts.length)
      for (const count of cell.duration_counts) writer.write(count)
      const follows = Object.entries(cell.follow_counts)
      writer.write(follows.length)
      for (const [name, count] of follows) {
        writer.write(this.#numberOf(name))
        writer.write(count)
      }
    }
    return writer.packed()
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#names.push(name) - 1
    this.#numbers.set(name, number)
    return number
  }

  /** The reader stands behind the kind, and has to be moved to the end of the cell. */
  #forEachCell(read: (kind: number, reader: NumberReader, place: Place) => void): void {
    for (const { hours } of this.#slices.values()) {
      for (const [hourAtMs, counts] of hours) {
        const reader = new NumberReader(counts)
        while (!reader.isAtEnd) {
          const place: Place = [hourAtMs, counts, reader.place]
          read(reader.read(), reader, place)
        }
      }
    }
  }

  #placesBySkill(): [SkillName, SkillPlaces][] {
    const byKey = new Map<number, SkillPlaces>()
    this.#forEachCell((kind, reader, place) => {
      const key = reader.read() * KINDS.length + kind
      const known = byKey.get(key) ?? { calls: 0, places: [] }
      if (known.places.push(place) === 1) byKey.set(key, known)
      known.calls += reader.read()
      reader.skip(COUNTS.length - 1)
      reader.skip(reader.read())
      reader.skip(2 * reader.read())
    })
    return [...byKey]
      .map(([key, places]): [SkillName, SkillPlaces] => [this.#skillOf(key), places])
      .sort(([a], [b]) => compare(a.kind, b.kind) || compare(a.skill_name, b.skill_name))
  }

  #skillOf(key: number): SkillName {
    return { kind: KINDS[key % KINDS.length]!, skill_name: this.#names[Math.floor(key / KINDS.length)]! }
  }

  #unpack(skill: SkillName, [hour_at_ms, counts, place]: Place): HourlyCalls {
    const reader = new NumberReader(counts, place)
    reader.skip(2)
    return {
      kind: skill.kind,
      skill_name: skill.skill_name,
      hour_at_ms,
      // In the order of COUNTS.
      invocation_count: reader.read(),
      completed_count: reader.read(),
      failed_count: reader.read(),
      rejected_count: reader.read(),
      abandoned_count: reader.read(),
      duration_counts: readMany(reader),
      follow_counts: this.#readFollows(reader),
    }
  }

  #readFollows(reader: NumberReader): Record<string, number> {
    const counts = Object.create(null) as Record<string, number>
    for (let followers = reader.read(); followers > 0; followers -= 1)
      counts[this.#names[reader.read()]!] = reader.read()
    return counts
  }
}

type SkillName = Pick<HourlyCalls, 'kind' | 'skill_name'>

interface SkillPlaces {
  calls: number
  readonly places: Place[]
}

/** Numbers after their count. */
function readMany(reader: NumberReader): number[] {
  const numbers: number[] = []
  for (let left = reader.read(); left > 0; left -= 1) numbers.push(reader.read())
  return numbers
}

function packAscending(values: readonly number[]): Uint8Array {
  const writer = new NumberWriter()
  let before = 0
  for (const value of values) {
    writer.write(value - before)
    before = value
  }
  return writer.packed()
}

function hasOneOf(ascending: Uint8Array, wanted: ReadonlySet<number>): boolean {
  const reader = new NumberReader(ascending)
  for (let value = 0; !reader.isAtEnd; ) {
    value += reader.read()
    if (wanted.has(value)) return true
  }
  return false
}

function firstDifference(before: PackedSlice['hours'], after: PackedSlice['hours']): number {
  const [old, now] = [new Map(before), new Map(after)]
  const isEqual = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
    a !== undefined && b !== undefined && Buffer.compare(a, b) === 0
  const differing = [...old.keys(), ...now.keys()].filter((hour) => !isEqual(old.get(hour), now.get(hour)))
  return Math.min(...differing)
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
