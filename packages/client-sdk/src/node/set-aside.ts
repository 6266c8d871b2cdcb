import { closeSync, fstatSync } from 'node:fs'
import { join } from 'node:path'
import { chunkOf, openInFolder, writeWhole } from './spool-file.ts'

/** Why lines were set aside: they are not JSON, or their receiver can never store them. */
export type SetAsideReason = 'unreadable' | 'rejected'

/** Lines that were moved out of the way of others, and where they are now. */
export interface LinesSetAside {
  readonly reason: SetAsideReason
  readonly path: string
  readonly lines: number
  /** How many of them did not fit into the file and are lost. */
  readonly lost: number
}

/** Largest file of lines that were set aside, in bytes. */
const SET_ASIDE_BYTES_MAX = 8 * 1_048_576

/**
 * Keeps lines that cannot be delivered, so that a person can look at them, in a file that only its owner may
 * read.
 * @param source the name of the file that the lines come from; theirs is `<source>.unreadable` or
 * `<source>.rejected`
 * @throws the file system's error
 */
export function setAside(
  folder: string,
  source: string,
  reason: SetAsideReason,
  lines: readonly string[],
  bytesMax = SET_ASIDE_BYTES_MAX,
): LinesSetAside {
  const path = join(folder, `${source}.${reason}`)
  const file = openInFolder(folder, path)
  try {
    const fitting = linesThatFit(lines, bytesMax - fstatSync(file).size)
    if (fitting.length > 0) writeWhole(file, chunkOf(fitting))
    return { reason, path, lines: lines.length, lost: lines.length - fitting.length }
  } finally {
    closeSync(file)
  }
}

function linesThatFit(lines: readonly string[], bytes: number): string[] {
  let left = bytes - 1
  return lines.filter((line) => {
    const size = Buffer.byteLength(line) + 1
    if (size > left) return false
    left -= size
    return true
  })
}
