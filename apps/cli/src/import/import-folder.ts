import type { SendTotals } from '@skillwatch/client'
import type { Observation } from '@skillwatch/schema'
import { markOf } from './file-mark.ts'
import { findTranscripts, type TranscriptFile } from './find-transcripts.ts'
import { importFile } from './import-file.ts'
import { createOutbox } from './outbox.ts'
import type { FileProgress, ProgressStore } from './progress-store.ts'
import { countSent, createSummary, type ImportSummary } from './summary.ts'

export interface ImportOptions {
  readonly folder: string
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  readonly progress: ProgressStore
  /** Reads everything again, whatever was reached before. */
  readonly restart: boolean
  readonly idleMs: number
  readonly lineBytesMax: number
  /** Observations sent in one request. */
  readonly batchItemsMax: number
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly onFound?: (totals: { files: number; bytes: number }) => void
  readonly onBytes?: (bytes: number) => void
}

/**
 * Imports all transcripts below a folder. May be stopped at any moment and started again: nothing is lost and nothing
 * counts twice.
 * @throws {SendError} when the server refuses or stays away; the signal's reason when aborted
 */
export async function importFolder(options: ImportOptions): Promise<ImportSummary> {
  const { nowMs, progress, signal } = options
  const startedAtMs = nowMs()
  const summary = createSummary()
  const { files, unreadable } = await findTranscripts(options.folder)
  summary.files.found = files.length
  summary.files.unreadable = unreadable
  options.onFound?.({ files: files.length, bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) })

  const outbox = createOutbox<FileProgress>({
    send: options.send,
    save: (each) => progress.write(each),
    onSent: (totals) => countSent(summary.sent, totals),
    itemsMax: options.batchItemsMax,
  })
  /** Calls that started sub-agents. Ids of sub-agents are random but short, so they are told apart by project. */
  const agentCalls = new Map<string, string>()
  const learn = ({ project }: TranscriptFile, agentId: string, callId: string) =>
    void agentCalls.set(agentKey(project, agentId), callId)
  /** Under which call the calls of a sub-agent's file were told, in this run. */
  const toldUnder = new Map<TranscriptFile, string | undefined>()

  async function importOne(
    file: TranscriptFile,
    from: FileProgress | undefined,
    counts = summary,
  ): Promise<void> {
    const parentInvocationId = parentOf(file, agentCalls)
    toldUnder.set(file, parentInvocationId)
    await importFile(file, from, {
      ...options,
      outbox,
      summary: counts,
      parentInvocationId,
      onAgent: (agentId, callId) => learn(file, agentId, callId),
      onBytes: (bytes) => counts === summary && options.onBytes?.(bytes),
    })
  }

  for (const file of files) {
    signal.throwIfAborted()
    try {
      const saved = options.restart ? undefined : await progress.read(file.path)
      for (const [agentId, callId] of Object.entries(saved?.agents ?? {})) learn(file, agentId, callId)
      const from = await resumePoint(file, saved, summary, parentOf(file, agentCalls))
      if (from !== undefined && from.offset === file.sizeBytes) {
        options.onBytes?.(file.sizeBytes)
        summary.files.unchanged += 1
        if (from.transcript.openCalls.length === 0) {
          toldUnder.set(file, from.parentInvocationId)
          continue
        }
      } else {
        summary.files.read += 1
        options.onBytes?.(from?.offset ?? 0)
      }
      await importOne(file, from)
    } catch (error) {
      if (!isFileError(error)) throw error
      unreadable.push({ path: file.path, reason: error.code })
    }
  }
  for (const [file, parentInvocationId] of toldUnder) {
    // Sub-agents of sub-agents: their parents may have been read after them.
    if (parentOf(file, agentCalls) === parentInvocationId) continue
    summary.files.relinked += 1
    // The same lines once more: counted once.
    await importOne(file, undefined, createSummary())
  }
  await outbox.drain()
  summary.elapsed_ms = nowMs() - startedAtMs
  return summary
}

function parentOf(
  { project, agentId }: TranscriptFile,
  agentCalls: ReadonlyMap<string, string>,
): string | undefined {
  return agentId === undefined ? undefined : agentCalls.get(agentKey(project, agentId))
}

function agentKey(project: string, agentId: string): string {
  return `${project}\n${agentId}`
}

/** Where to read on, or undefined to read from the start. */
async function resumePoint(
  file: TranscriptFile,
  saved: FileProgress | undefined,
  summary: ImportSummary,
  parentInvocationId: string | undefined,
): Promise<FileProgress | undefined> {
  if (saved === undefined) return undefined
  if (saved.offset > file.sizeBytes || (await markOf(file.path, saved.offset)) !== saved.mark) {
    summary.files.restarted += 1
    return undefined
  }
  if (parentInvocationId !== undefined && parentInvocationId !== saved.parentInvocationId) {
    summary.files.relinked += 1
    return undefined
  }
  return saved
}

function isFileError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code !== undefined && ['EACCES', 'EPERM', 'ENOENT', 'EISDIR', 'EIO', 'ELOOP'].includes(code)
}
