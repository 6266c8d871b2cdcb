import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { CliError } from '../errors.ts'
import type { Added } from './edit.ts'
import { prepareReplacement, readIfThere, toldFor } from './replace-file.ts'

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
  /** Undefined when there is no file. @throws {CliError} when it cannot be read */
  read(): string | undefined
  /** What an earlier setup has added; undefined when there was none. @throws {CliError} when what it wrote cannot be understood */
  readUndo(): Undo | undefined
  /** The text before the first setup. */
  readBackup(): string | undefined
  /**
   * Replaces the file in one step and remembers how to undo it.
   * @param before the text to keep as backup
   * @throws {CliError} when it cannot be written: nothing has changed then
   */
  write(text: string, before: string | undefined, added: Added): void
  /** Gives the file back; undefined removes it. Nothing is remembered any more. @throws {CliError} when it cannot be written */
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
      const text = readIfThere(undoPath)
      const undo = parse(text)
      if (text === undefined || Value.Check(Undo, undo)) return undo as Undo | undefined
      throw new CliError(
        `${undoPath} is not what a setup has written, so what it added cannot be told from the rest. ` +
          `Nothing was changed; mend ${path} by hand (${backupPath} is how it was), then remove both.`,
      )
    },
    write: (text, before, added) =>
      toldFor(path, 'written', () => {
        mkdirSync(dirname(path), { recursive: true })
        // Begun first: nothing is remembered of a file that cannot be written.
        using settings = prepareReplacement(path, text)
        if (before !== undefined) replace(backupPath, before)
        const undo: Undo = { written: digest(text), existed: before !== undefined, added }
        replace(undoPath, `${JSON.stringify(undo, null, 2)}\n`)
        settings.commit()
      }),
    restore: (text) =>
      toldFor(path, 'written', () => {
        if (text === undefined) rmSync(path, { force: true })
        else replace(path, text)
        for (const each of [undoPath, backupPath]) rmSync(each, { force: true })
      }),
  }
}

/** Whether the file is as the setup has left it. */
export function isUntouched({ written }: Undo, text: string | undefined): boolean {
  return text !== undefined && digest(text) === written
}

function replace(path: string, text: string): void {
  using file = prepareReplacement(path, text)
  file.commit()
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined // Told by whoever wanted it.
  }
}
