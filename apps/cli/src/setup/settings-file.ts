import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { CliError } from '../errors.ts'
import type { Added } from './edit.ts'
import { explainFileErrors, prepareReplacement, readIfExists } from './replace-file.ts'

const Undo = Type.Object({
  /** SHA-256 of the text that was written, to detect later changes. */
  written: Type.String(),
  /** Whether the file existed before. Its text is in the backup. */
  existed: Type.Boolean(),
  added: Type.Object({
    env: Type.Record(Type.String(), Type.String()),
    replaced: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
})
export type Undo = Type.Static<typeof Undo>

/** A settings file, with a record of the additions in a second file beside it. */
export interface SettingsFile {
  readonly path: string
  readonly backupPath: string
  /** Undefined when there is no file. @throws {CliError} when it cannot be read */
  read(): string | undefined
  /**
   * The additions of an earlier setup; undefined without one. @throws {CliError} when their record is
   * damaged
   */
  readUndo(): Undo | undefined
  /** The text before the first setup. */
  readBackup(): string | undefined
  /**
   * Replaces the file in one step and records how to undo it.
   * @param before the text to save as backup
   * @throws {CliError} when it cannot be written; nothing has changed then
   */
  write(text: string, before: string | undefined, added: Added): void
  /**
   * Writes the text, or removes the file when undefined, and removes backup and record.
   * @throws {CliError} when it cannot be written
   */
  restore(text: string | undefined): void
}

export function openSettingsFile(path: string): SettingsFile {
  const backupPath = `${path}.skillwatch-backup`
  const undoPath = `${path}.skillwatch-undo`
  return {
    path,
    backupPath,
    read: () => readIfExists(path),
    readBackup: () => readIfExists(backupPath),
    readUndo: () => readUndo(path, backupPath, undoPath),
    write: (text, before, added) =>
      explainFileErrors(path, 'written', () => {
        mkdirSync(dirname(path), { recursive: true })
        // First, so that nothing is recorded when the file cannot be written.
        using settings = prepareReplacement(path, text)
        if (before !== undefined) replace(backupPath, before)
        const undo: Undo = { written: digest(text), existed: before !== undefined, added }
        replace(undoPath, `${JSON.stringify(undo, null, 2)}\n`)
        settings.commit()
      }),
    restore: (text) =>
      explainFileErrors(path, 'written', () => {
        if (text === undefined) rmSync(path, { force: true })
        else replace(path, text)
        for (const each of [undoPath, backupPath]) rmSync(each, { force: true })
      }),
  }
}

function readUndo(path: string, backupPath: string, undoPath: string): Undo | undefined {
  const text = readIfExists(undoPath)
  const undo = parse(text)
  if (text === undefined || Value.Check(Undo, undo)) return undo as Undo | undefined
  throw new CliError(
    `${undoPath} is damaged, so the additions of the setup are unknown. Nothing was changed; ` +
      `correct ${path} by hand (its backup is ${backupPath}), then remove the backup and ${undoPath}.`,
  )
}

/** Whether the file is unchanged since the setup wrote it. */
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
    return undefined
  }
}
