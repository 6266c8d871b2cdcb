import { isUtf8 } from 'node:buffer'
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

/** Mode of a new file: settings may be private. */
const NEW_MODE = 0o600
const WRITE_BITS = 0o222
const SETTINGS = '--settings'

/** A text in a temporary file, which `commit` renames to replace the file. */
export interface Replacement extends Disposable {
  commit(): void
}

/**
 * Writes the text beside the file. It follows a link to its target and keeps the mode of an existing file.
 * @param options the option that names the file, for messages; the mode of a new file, before the umask
 * @throws {CliError} when the file may not be replaced; errors of the file system
 */
export function prepareReplacement(
  path: string,
  text: string,
  { option = SETTINGS, mode = NEW_MODE }: { option?: string; mode?: number } = {},
): Replacement {
  const current = statSync(path, { throwIfNoEntry: false })
  demandWritable(path, current, option)
  const target = current ? realpathSync(path) : path
  const temporary = `${target}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: current?.mode ?? mode })
  if (current) chmodSync(temporary, current.mode)
  return {
    commit: () => renameSync(temporary, target),
    [Symbol.dispose]: () => rmSync(temporary, { force: true }),
  }
}

/**
 * Renaming only needs permission on the folder, so the file's own permission and broken links are checked
 * here.
 */
function demandWritable(path: string, current: Stats | undefined, option: string): void {
  if (current && (current.mode & WRITE_BITS) === 0) {
    throw new CliError(
      `${path} is read-only. Nothing was changed; make it writable (\`chmod u+w\`), ` +
        `or name another file with ${option}.`,
    )
  }
  if (!current && lstatSync(path, { throwIfNoEntry: false })) {
    throw new CliError(
      `${path} is a link to a file that does not exist. Nothing was changed; correct the link, or remove ` +
        'it.',
    )
  }
}

/**
 * The text with its byte order mark, if any; undefined when the file does not exist.
 * @throws {CliError} when it cannot be read, or is not UTF-8 and so could not be written again unchanged
 */
export function readIfExists(path: string): string | undefined {
  return explainFileErrors(path, 'read', () => {
    try {
      const bytes = readFileSync(path)
      if (isUtf8(bytes)) return bytes.toString('utf8')
      throw new CliError(`${path} is not UTF-8. Nothing was changed; save it in UTF-8.`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ELOOP: 'its links form a circle',
}

/**
 * Runs file operations.
 * @param option the option that names the file, for messages
 * @throws {CliError} for errors of the file system, with what to do
 */
export function explainFileErrors<T>(
  path: string,
  done: 'read' | 'written',
  work: () => T,
  option = SETTINGS,
): T {
  try {
    return work()
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    const reason = REASONS[code ?? ''] ?? message
    throw new CliError(
      `${path} cannot be ${done}: ${reason}. Nothing was changed; correct that, ` +
        `or name another file with ${option}.`,
      { cause: error },
    )
  }
}
