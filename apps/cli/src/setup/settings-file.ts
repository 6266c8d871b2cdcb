import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Added } from './edit.ts'

const Strings = Type.Record(Type.String(), Type.String())
const Undo = Type.Object({
  /** SHA-256 of the text that was written, to see whether somebody has changed it since. */
  written: Type.String(),
  /** Whether there was a file before; its text is in the backup. */
  existed: Type.Boolean(),
  added: Type.Object({
    env: Strings,
    hooks: Type.Record(Type.String(), Type.Unknown()),
    made: Type.Array(Type.String()),
  }),
})
export type Undo = Omit<Type.Static<typeof Undo>, 'added'> & { added: Added }

/** A settings file, with the memory of what was added to it kept beside it. */
export interface SettingsFile {
  readonly path: string
  readonly backupPath: string
  /** Undefined when there is no file. @throws the file system's error */
  read(): string | undefined
  /** What an earlier setup has added; undefined when there was none, or what it wrote cannot be understood. */
  readUndo(): Undo | undefined
  /** The text before the first setup. */
  readBackup(): string | undefined
  /** Replaces the file in one step and remembers how to undo it. @param before the text to keep as backup */
  write(text: string, before: string | undefined, added: Added): void
  /** Gives the file back; undefined removes it. Nothing is remembered any more. */
  restore(text: string | undefined): void
}

export function openSettingsFile(path: string): SettingsFile {
  const backupPath = `${path}.skillwatch-backup`
  const undoPath = `${path}.skillwatch-undo`
  return {
    path,
    backupPath,
    read: () => readIfThere(path),
    readBackup: () => readIfThere(backupPath),
    readUndo() {
      const undo = parse(readIfThere(undoPath))
      return Value.Check(Undo, undo) ? undo : undefined
    },
    write(text, before, added) {
      mkdirSync(dirname(path), { recursive: true })
      if (before !== undefined) replace(backupPath, before, 0o600)
      const undo: Undo = { written: digest(text), existed: before !== undefined, added }
      replace(undoPath, `${JSON.stringify(undo, null, 2)}\n`, 0o600)
      replace(path, text, 0o600)
    },
    restore(text) {
      if (text === undefined) rmSync(path, { force: true })
      else replace(path, text, 0o600)
      for (const each of [undoPath, backupPath]) rmSync(each, { force: true })
    },
  }
}

/** Whether the file is as the setup has left it. */
export function isUntouched({ written }: Undo, text: string | undefined): boolean {
  return text !== undefined && digest(text) === written
}

/** Follows a link to the file it stands for, and keeps the mode of a file that is there. */
function replace(path: string, text: string, newMode: number): void {
  const target = statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path
  const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? newMode
  const temporary = `${target}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode })
  chmodSync(temporary, mode)
  renameSync(temporary, target)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined // Told by whoever wanted it: there is nothing to undo.
  }
}
