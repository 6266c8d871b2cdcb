import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
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
  clear(): void
  close(): void
}

/** Opens the file, and makes it and its folder when missing. @throws the file system's error */
export function openJournalFile(path: string, bytesMax: number): JournalFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'a', 0o600)
  let bytes = fstatSync(file).size
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
    read: () => readEntries(path),
    clear() {
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

/**
 * The entries of a file. Lines that are not whole are ignored: the hook that they came from was not
 * answered.
 */
function readEntries(path: string): JournalEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line) => parseEntry(line) ?? [])
}

function parseEntry(line: string): JournalEntry | undefined {
  if (line === '') return undefined
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
