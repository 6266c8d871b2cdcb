import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../errors.ts'
import type { AgentCall, TranscriptState } from './claude-code/transcript.ts'

/** Files that an earlier version has imported are read again, as more is imported from them now. */
const FORMAT_VERSION = 4

/** How far one transcript is imported: the server has accepted everything before `offset`. */
export interface TranscriptCheckpoint {
  readonly path: string
  readonly offset: number
  /** Of the file's content before `offset`. */
  readonly fingerprint: string
  readonly transcript: TranscriptState
  /** The call that started each sub-agent, by the sub-agent's id. */
  readonly agents: Readonly<Record<string, AgentCall>>
  /** The parent with which the calls of this file were sent. */
  readonly parentInvocationId?: string | undefined
}

export interface CheckpointStore<Checkpoint extends { readonly path: string }> {
  read(path: string): Promise<Checkpoint | undefined>
  write(checkpoint: Checkpoint): Promise<void>
}

/** The checkpoints of one importer. */
export interface CheckpointKind<Checkpoint> {
  /** Begins the file names, so that two importers may read the same path. */
  readonly name: string
  /** Whether a value read from disk is complete. */
  readonly isValid: (value: Checkpoint) => boolean
}

export const TRANSCRIPT_CHECKPOINTS: CheckpointKind<TranscriptCheckpoint> = {
  name: 'transcript',
  isValid: (value) => Number.isSafeInteger(value.offset) && Array.isArray(value.transcript.openCalls),
}

/** Saves nothing, so each run reads everything. */
export const noCheckpoints = { read: async () => undefined, write: async () => undefined }

/**
 * Opens a folder with one small file per source, each replaced by a rename, so that it is never
 * half-written. Each server and each change log (`epoch`) has a folder of its own: a new database receives
 * everything again.
 * @throws {CliError} when the folder cannot be created
 */
export async function openCheckpointStore<Checkpoint extends { readonly path: string }>(
  stateFolder: string,
  { serverUrl, epoch }: { serverUrl: string; epoch: string },
  kind: CheckpointKind<Checkpoint>,
): Promise<CheckpointStore<Checkpoint>> {
  const folder = join(stateFolder, 'import', digest(`${serverUrl}\n${epoch}`))
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(refuse(folder))
  const fileFor = (path: string) => join(folder, `${kind.name}-${digest(path)}.json`)
  return {
    async read(path) {
      const text = await readFile(fileFor(path), 'utf8').catch(orMissing(folder))
      return text === undefined ? undefined : parseCheckpoint(text, path, kind)
    },
    async write(checkpoint) {
      // Only a hash of the path is stored: paths may be private.
      const stored = { version: FORMAT_VERSION, ...checkpoint, path: digest(checkpoint.path) }
      await replaceFile(folder, fileFor(checkpoint.path), JSON.stringify(stored)).catch(refuse(folder))
    },
  }
}

async function replaceFile(folder: string, path: string, text: string): Promise<void> {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  try {
    await writeFile(temporary, text, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Undefined for a damaged file or another version: reading a source again from its start is always correct
 * (R3).
 */
function parseCheckpoint<Checkpoint extends { readonly path: string }>(
  text: string,
  path: string,
  { isValid }: CheckpointKind<Checkpoint>,
): Checkpoint | undefined {
  try {
    const value = JSON.parse(text) as Checkpoint & { version: number }
    const isOurs = value.version === FORMAT_VERSION && value.path === digest(path) && isValid(value)
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
    const hint = 'choose another folder with XDG_STATE_HOME, or correct its permissions'
    throw new CliError(
      `import checkpoints cannot be saved in ${folder}: ${(cause as Error).message}; ${hint}`,
      { cause },
    )
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
