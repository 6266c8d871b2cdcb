import {
  chmodSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { CliError } from '../errors.ts'

/** Of a file that was not there before: settings may hold what is nobody else's business. */
const NEW_MODE = 0o600
const WRITE_BITS = 0o222

/** A text that is on the disk and becomes the file by `commit`, whole or not at all. */
export interface Replacement extends Disposable {
  commit(): void
}

/**
 * Follows a link to the file it stands for, and keeps the mode of a file that is there.
 * @throws {CliError} when the file is meant to stay as it is; the file system's errors
 */
export function prepareReplacement(path: string, text: string): Replacement {
  const there = statSync(path, { throwIfNoEntry: false })
  demandWritable(path, there)
  const target = there ? realpathSync(path) : path
  const mode = there?.mode ?? NEW_MODE
  const temporary = `${target}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode })
  chmodSync(temporary, mode)
  return {
    commit: () => renameSync(temporary, target),
    [Symbol.dispose]: () => rmSync(temporary, { force: true }),
  }
}

/** Replacing needs the folder's permission only; that of the file, and a link to a disk that is away, are respected all the same. */
function demandWritable(path: string, there: Stats | undefined): void {
  if (there && (there.mode & WRITE_BITS) === 0) {
    throw new CliError(
      `${path} is read-only. Nothing was changed; make it writable (\`chmod u+w\`), or name another file with --settings.`,
    )
  }
  if (!there && lstatSync(path, { throwIfNoEntry: false })) {
    throw new CliError(
      `${path} is a link to a file that is not there. Nothing was changed; mend the link, or remove it.`,
    )
  }
}

/** @throws {CliError} when it is there and cannot be read */
export function readIfThere(path: string): string | undefined {
  return toldFor(path, 'read', () => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ELOOP: 'its links lead in a circle',
}

/** @throws {CliError} in words that say what to do, for each of the file system's errors */
export function toldFor<T>(path: string, done: 'read' | 'written', work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    const reason = REASONS[code ?? ''] ?? message
    throw new CliError(
      `${path} cannot be ${done}: ${reason}. Nothing was changed; mend that, or name another file with --settings.`,
      { cause: error },
    )
  }
}
