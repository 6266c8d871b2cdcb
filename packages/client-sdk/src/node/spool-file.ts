import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DROPPED_COUNT, isSegment, SHARED_SEGMENT, segmentName } from './spool-names.ts'

export { type ReplaySummary, replaySpool } from './spool-replay.ts'

export interface AppendOptions {
  /** The time in epoch milliseconds. */
  readonly now: () => number
  /** Bound of the folder in bytes; 64 MiB unless said otherwise. */
  readonly bytesMax?: number
}

/** A segment this long is set aside and the next one begun, in bytes. */
export const SEGMENT_BYTES_MAX = 1_048_576
export const SPOOL_BYTES_MAX = 64 * 1_048_576
/** The counter of dropped lines stops here. */
const DROPPED_COUNT_MAX = 1_000_000

/**
 * Keeps one line on disk until {@link replaySpool} has handed it over; for short processes, a few system calls and no wait.
 * What it returned for survives the death of the process, though not of the machine: it is not forced to the disk.
 * @param folder made when missing, readable by its owner alone
 * @param line one JSON value without line breaks, carrying its own id: it may be handed over twice
 * @returns false when the folder is full; the line is then dropped and counted
 * @throws the file system's error
 */
export function appendToSpool(
  folder: string,
  line: string,
  { now, bytesMax = SPOOL_BYTES_MAX }: AppendOptions,
): boolean {
  const path = join(folder, SHARED_SEGMENT)
  const chunk = chunkOf([line])
  for (;;) {
    const file = openInFolder(folder, path)
    try {
      if (fstatSync(file).size + chunk.length > SEGMENT_BYTES_MAX) {
        if (spoolBytes(folder) + chunk.length > bytesMax) return countDropped(folder)
        if (fstatSync(file).size > 0) {
          setAside(folder, path, file, now())
          continue
        }
      }
      writeWhole(file, chunk)
      // A replay renames before it reads: when the name still leads here now, the line was there before it reads.
      if (isAt(path, file)) return true
    } finally {
      closeSync(file)
    }
  }
}

/** Begins and ends with a line break, so that a line cut by a full disk spoils no other one. */
export function chunkOf(lines: readonly string[]): Buffer {
  return Buffer.from(`\n${lines.join('\n')}\n`)
}

/** Whether the path still leads to the open file. */
export function isAt(path: string, file: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  return there !== undefined && there.ino === fstatSync(file).ino
}

export function openInFolder(folder: string, path: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return openSync(path, 'a', 0o600)
  }
}

/** @throws when the disk takes only part of it */
export function writeWhole(file: number, chunk: Buffer): void {
  const written = writeSync(file, chunk)
  if (written < chunk.length)
    throw new Error(`the spool took ${written} of ${chunk.length} bytes; is the disk full?`)
}

/** Bytes of all segments in the folder. */
export function spoolBytes(folder: string): number {
  let bytes = 0
  for (const name of readdirSync(folder)) {
    if (isSegment(name)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** Remembers for the next replay that a line was dropped. */
function countDropped(folder: string): false {
  const file = openInFolder(folder, join(folder, DROPPED_COUNT))
  try {
    if (fstatSync(file).size < DROPPED_COUNT_MAX) writeSync(file, '.')
  } finally {
    closeSync(file)
  }
  return false
}

function setAside(folder: string, path: string, file: number, nowMs: number): void {
  try {
    if (isAt(path, file)) renameSync(path, join(folder, segmentName(nowMs)))
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
