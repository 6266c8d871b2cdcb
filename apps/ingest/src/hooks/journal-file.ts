import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type LinesSetAside, type SetAsideReason, setAside } from '@skillwatch/client/spool/replay'
import type { AgentCall, ParsedObservation } from '@skillwatch/schema'
import { isObject } from '@skillwatch/schema/claude-code'
import { renameFormerNames } from './former-names.ts'

/** One line of the file. */
export type JournalEntry =
  | { readonly project_id: number; readonly observation: ParsedObservation }
  | { readonly project_id: number; readonly agent_call: AgentCall }

/** A file of entries that is only appended to, and cleared as a whole. It is not forced to the disk. */
export interface JournalFile {
  readonly isEmpty: boolean
  /** @returns false when the file or the disk is full */
  append(entry: JournalEntry): boolean
  read(): JournalEntry[]
  /**
   * Empties the file. Before that, the lines that cannot be read and the rejected ones are set aside.
   * @throws the file system's error; the file then keeps its lines
   */
  clear(rejected: readonly string[]): void
  close(): void
}

export interface JournalFileOptions {
  readonly bytesMax: number
  readonly onSetAside: (aside: LinesSetAside) => void
}

/** Opens the file, and makes it and its folder when missing. @throws the file system's error */
export function openJournalFile(path: string, { bytesMax, onSetAside }: JournalFileOptions): JournalFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'a', 0o600)
  let bytes = fstatSync(file).size
  /** Lines of an earlier process. Those that this process cannot write whole are still in its memory. */
  let unreadable = bytes === 0 ? [] : readLines(path).unreadable
  const keepAside = (reason: SetAsideReason, lines: readonly string[]) => {
    if (lines.length > 0) onSetAside(setAside(dirname(path), basename(path), reason, lines))
  }
  return {
    get isEmpty() {
      return bytes === 0
    },
    append(entry) {
      // A line that an earlier process wrote in part ends here, so that it does not spoil this one.
      const chunk = Buffer.from(`\n${JSON.stringify(entry)}\n`)
      const written = bytes + chunk.length <= bytesMax ? tryToWrite(file, chunk) : 0
      bytes += written
      return written === chunk.length
    },
    read: () => readLines(path).entries,
    clear(rejected) {
      keepAside('unreadable', unreadable)
      unreadable = []
      keepAside('rejected', rejected)
      ftruncateSync(file, 0)
      bytes = 0
    },
    close: () => closeSync(file),
  }
}

function tryToWrite(file: number, chunk: Buffer): number {
  try {
    return writeSync(file, chunk)
  } catch {
    return 0
  }
}

function readLines(path: string): { entries: JournalEntry[]; unreadable: string[] } {
  const entries: JournalEntry[] = []
  const unreadable: string[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue
    const entry = parseEntry(line)
    if (entry === undefined) unreadable.push(line)
    else entries.push(entry)
  }
  return { entries, unreadable }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    if (!isObject(entry)) return undefined
    if (isObject(entry.observation))
      return { ...entry, observation: renameFormerNames(entry.observation) } as unknown as JournalEntry
    return isObject(entry.agent_call) ? (entry as unknown as JournalEntry) : undefined
  } catch {
    return undefined
  }
}
