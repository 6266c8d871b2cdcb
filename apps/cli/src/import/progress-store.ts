import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../errors.ts'
import type { TranscriptState } from './claude-code/transcript.ts'

const FORMAT_VERSION = 1

/** How far one file is imported: everything before `offset` is answered for by the server. */
export interface FileProgress {
  readonly path: string
  readonly offset: number
  /** See `markOf`. */
  readonly mark: string
  readonly transcript: TranscriptState
  /** Calls that started sub-agents, by the sub-agent's id. */
  readonly agents: Readonly<Record<string, string>>
  /** The call under which the calls of this file were told. */
  readonly parentInvocationId?: string | undefined
}

export interface ProgressStore<Progress extends { readonly path: string } = FileProgress> {
  read(path: string): Promise<Progress | undefined>
  write(progress: Progress): Promise<void>
}

/** What one kind of import keeps, and how to tell a whole state from a damaged one. */
export interface ProgressKind<Progress> {
  /** Tells its files from those of other imports of the same path. */
  readonly name: string
  readonly isWhole: (value: Progress) => boolean
}

/** The state of an import of transcripts. */
export const TRANSCRIPT_PROGRESS: ProgressKind<FileProgress> = {
  name: 'transcript',
  isWhole: (value) => Number.isSafeInteger(value.offset) && Array.isArray(value.transcript.openCalls),
}

/**
 * One small file per source, replaced whole by a rename: killed at any moment it holds the old or the new state.
 * Each change log (`epoch`) of each server has a folder of its own: a new database starts from nothing.
 */
export async function openProgressStore<Progress extends { readonly path: string }>(
  stateFolder: string,
  { serverUrl, epoch }: { serverUrl: string; epoch: string },
  kind: ProgressKind<Progress>,
): Promise<ProgressStore<Progress>> {
  const folder = join(stateFolder, 'import', digest(`${serverUrl}\n${epoch}`))
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(refuse(folder))
  const fileFor = (path: string) => join(folder, `${kind.name}-${digest(path)}.json`)
  return {
    async read(path) {
      const text = await readFile(fileFor(path), 'utf8').catch(orMissing(folder))
      return text === undefined ? undefined : parseProgress(text, path, kind)
    },
    async write(progress) {
      const temporary = join(folder, `.${randomUUID()}.tmp`)
      try {
        // Of the path only what tells whether it is the same one.
        const kept = { version: FORMAT_VERSION, ...progress, path: digest(progress.path) }
        await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 })
        await rename(temporary, fileFor(progress.path))
      } catch (error) {
        await rm(temporary, { force: true })
        refuse(folder)(error)
      }
    },
  }
}

/** Nothing is remembered: each run reads everything. */
export const noProgress = { read: async () => undefined, write: async () => undefined }

/** What is not a whole state of this version counts as none: reading again from the start is always right (R3). */
function parseProgress<Progress extends { readonly path: string }>(
  text: string,
  path: string,
  { isWhole }: ProgressKind<Progress>,
): Progress | undefined {
  try {
    const value = JSON.parse(text) as Progress & { version: number }
    const isOurs = value.version === FORMAT_VERSION && value.path === digest(path) && isWhole(value)
    return isOurs ? { ...value, path } : undefined
  } catch {
    return undefined
  }
}

function orMissing(folder: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => (error.code === 'ENOENT' ? undefined : refuse(folder)(error))
}

function refuse(folder: string): (cause: unknown) => never {
  return (cause) => {
    const hint = 'give another folder with XDG_STATE_HOME, or mend the permissions'
    throw new CliError(
      `cannot keep the progress of imports in ${folder}: ${(cause as Error).message}; ${hint}`,
      {
        cause,
      },
    )
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
