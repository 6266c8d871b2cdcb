import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { renameIfPresent } from './missing-files.ts'
import { DROPPED_COUNT, isSegment, SHARED_SEGMENT, segmentName } from './spool-names.ts'

export { databaseSpoolFolder, isSegment } from './spool-names.ts'

export interface AppendOptions {
  /** The time in epoch milliseconds. */
  readonly now: () => number
  /** Largest size of the folder in bytes; default 64 MiB. */
  readonly bytesMax?: number
}

/** Longest segment, in bytes; then the next one is begun. */
export const SEGMENT_BYTES_MAX = 1_048_576
export const SPOOL_BYTES_MAX = 64 * 1_048_576
/** The counter of dropped lines stops here. */
const DROPPED_COUNT_MAX = 1_000_000

/**
 * Keeps one line on disk until `replaySpool` has sent it. For short processes: a few system calls and
 * no waiting. The line survives the end of the process. It may be lost when the machine crashes, as the
 * file is not synced.
 * @param folder created when missing, with access for its owner only
 * @param line one JSON value without line breaks, with its own id, as it may be sent twice
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
      // A replay renames the segment before it reads it. If the name is unchanged now, the replay will read
      // this line.
      if (isAt(path, file)) return true
    } finally {
      closeSync(file)
    }
  }
}

/**
 * Begins and ends with a line break, so that a line cut off by a full disk does not damage the next line.
 */
export function chunkOf(lines: readonly string[]): Buffer {
  return Buffer.from(`\n${lines.join('\n')}\n`)
}

/** Whether the path still names the open file. */
export function isAt(path: string, file: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && stat.ino === fstatSync(file).ino
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

/** @throws when only part of the chunk could be written */
export function writeWhole(file: number, chunk: Buffer): void {
  const written = writeSync(file, chunk)
  if (written < chunk.length)
    throw new Error(`${written} of ${chunk.length} bytes were written to the spool; is the disk full?`)
}

/** Bytes of all segments in the folder. */
export function spoolBytes(folder: string): number {
  let bytes = 0
  for (const name of readdirSync(folder)) {
    if (isSegment(name)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** Counts a dropped line; the next replay reports the count. */
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
  if (isAt(path, file)) renameIfPresent(path, join(folder, segmentName(nowMs)))
}
