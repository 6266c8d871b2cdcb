import type { TranscriptCheckpoint } from './checkpoint-store.ts'
import type { AgentCall } from './claude-code/transcript.ts'
import type { TranscriptDestination } from './destination.ts'
import { findTranscripts, type TranscriptFile } from './find-transcripts.ts'
import { fingerprintOf } from './fingerprint.ts'
import { importFile } from './import-file.ts'
import { createSummary, type ImportSummary } from './summary.ts'
import { Uploader } from './uploader.ts'

export interface ImportOptions extends TranscriptDestination<TranscriptCheckpoint> {
  readonly folder: string
  /** Ignores checkpoints and reads everything again. */
  readonly restart: boolean
  readonly idleMs: number
  readonly lineBytesMax: number
  /** Observations of one request. */
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onFound?: (totals: { files: number; bytes: number }) => void
  readonly onBytes?: (bytes: number) => void
}

/**
 * Imports all transcripts below a folder. It may be stopped at any moment and run again: nothing is lost,
 * and nothing is counted twice.
 * @throws {SendError} when the server refuses or does not answer; the signal's reason when aborted
 */
export function importFolder(options: ImportOptions): Promise<ImportSummary> {
  return new FolderImport(options).run()
}

class FolderImport {
  readonly #options: ImportOptions
  readonly #summary = createSummary()
  readonly #uploader: Uploader<TranscriptCheckpoint>
  /**
   * The call that started each sub-agent. Sub-agent ids are short, so they are only unique within a project.
   */
  readonly #agentCalls = new Map<string, AgentCall>()
  /** The parent with which the calls of each file were sent, in this run or before. */
  readonly #sentParents = new Map<TranscriptFile, string | undefined>()

  constructor(options: ImportOptions) {
    this.#options = options
    this.#uploader = new Uploader(options, {
      observations: this.#summary.sent,
      apiRequests: this.#summary.sent_api_requests,
      prompts: this.#summary.sent_prompts,
    })
  }

  async run(): Promise<ImportSummary> {
    const { nowMs, signal } = this.#options
    const startedAtMs = nowMs()
    for (const file of await this.#find()) {
      signal.throwIfAborted()
      await this.#importUnlessUnreadable(file)
    }
    await this.#relink()
    await this.#uploader.drain()
    this.#summary.elapsed_ms = nowMs() - startedAtMs
    return this.#summary
  }

  async #find(): Promise<readonly TranscriptFile[]> {
    const { files, unreadable } = await findTranscripts(this.#options.folder)
    this.#summary.files.found = files.length
    this.#summary.files.unreadable = unreadable
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
    this.#options.onFound?.({ files: files.length, bytes })
    return files
  }

  async #importUnlessUnreadable(file: TranscriptFile): Promise<void> {
    try {
      await this.#resume(file)
    } catch (error) {
      if (!isFileError(error)) throw error
      this.#summary.files.unreadable.push({ path: file.path, reason: error.code })
    }
  }

  async #resume(file: TranscriptFile): Promise<void> {
    const { restart, checkpoints, onBytes } = this.#options
    const saved = restart ? undefined : await checkpoints.read(file.path)
    for (const [agentId, call] of Object.entries(saved?.agents ?? {})) this.#learn(file, agentId, call)
    const from = await this.#validCheckpoint(file, saved)
    const isUnchanged = from?.offset === file.sizeBytes
    this.#summary.files[isUnchanged ? 'unchanged' : 'read'] += 1
    onBytes?.(from?.offset ?? 0)
    if (isUnchanged && from.transcript.openCalls.length === 0)
      this.#sentParents.set(file, from.parentInvocationId)
    else await this.#import(file, from, this.#summary)
  }

  /** The checkpoint, unless the file must be read from the start. */
  async #validCheckpoint(
    file: TranscriptFile,
    saved: TranscriptCheckpoint | undefined,
  ): Promise<TranscriptCheckpoint | undefined> {
    if (saved === undefined) return undefined
    if (
      saved.offset > file.sizeBytes ||
      (await fingerprintOf(file.path, saved.offset)) !== saved.fingerprint
    ) {
      this.#summary.files.restarted += 1
      return undefined
    }
    const parentInvocationId = this.#parentOf(file)
    if (parentInvocationId === undefined || parentInvocationId === saved.parentInvocationId) return saved
    this.#summary.files.relinked += 1
    return undefined
  }

  /** Imports files again whose parent became known after them: the sub-agents of sub-agents. */
  async #relink(): Promise<void> {
    for (const [file, sentParent] of this.#sentParents) {
      if (this.#parentOf(file) === sentParent) continue
      this.#summary.files.relinked += 1
      // The lines are counted already.
      await this.#import(file, undefined, createSummary())
    }
  }

  async #import(
    file: TranscriptFile,
    from: TranscriptCheckpoint | undefined,
    summary: ImportSummary,
  ): Promise<void> {
    const parentInvocationId = this.#parentOf(file)
    this.#sentParents.set(file, parentInvocationId)
    await importFile(file, from, {
      ...this.#options,
      uploader: this.#uploader,
      summary,
      parentInvocationId,
      parentPromptId: this.#agentCallOf(file)?.promptId,
      onAgent: (agentId, call) => this.#learn(file, agentId, call),
      onBytes: (bytes) => summary === this.#summary && this.#options.onBytes?.(bytes),
    })
  }

  #learn({ project }: TranscriptFile, agentId: string, call: AgentCall): void {
    this.#agentCalls.set(agentKey(project, agentId), call)
  }

  #parentOf(file: TranscriptFile): string | undefined {
    return this.#agentCallOf(file)?.callId
  }

  #agentCallOf({ project, agentId }: TranscriptFile): AgentCall | undefined {
    return agentId === undefined ? undefined : this.#agentCalls.get(agentKey(project, agentId))
  }
}

function agentKey(project: string, agentId: string): string {
  return `${project}\n${agentId}`
}

function isFileError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code !== undefined && ['EACCES', 'EPERM', 'ENOENT', 'EISDIR', 'EIO', 'ELOOP'].includes(code)
}
