import type { Observation } from '@skillwatch/schema'
import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'
import { KNOWN_RECORD_TYPES } from './claude-code/record-types.ts'
import { createTranscript, type ReadResult, type Transcript } from './claude-code/transcript.ts'
import { markOf } from './file-mark.ts'
import type { TranscriptFile } from './find-transcripts.ts'
import { readLines } from './lines.ts'
import type { Outbox } from './outbox.ts'
import type { FileProgress } from './progress-store.ts'
import { count, type ImportSummary } from './summary.ts'

export interface ImportFileOptions {
  readonly outbox: Outbox<FileProgress>
  readonly summary: ImportSummary
  readonly nowMs: () => number
  /** Age of the newest record after which calls without a result are abandoned. */
  readonly idleMs: number
  readonly lineBytesMax: number
  readonly signal: AbortSignal
  readonly parentInvocationId: string | undefined
  readonly onAgent: (agentId: string, callId: string) => void
  readonly onBytes: (bytes: number) => void
}

/**
 * Reads a file from where it was left (or from its start) to the size it had when it was found, and hands everything
 * new to the outbox together with how far it came.
 */
export async function importFile(
  file: TranscriptFile,
  from: FileProgress | undefined,
  options: ImportFileOptions,
): Promise<void> {
  const { outbox, summary } = options
  const agents: Record<string, string> = { ...from?.agents }
  const transcript = createTranscript({
    state: from?.transcript,
    parentInvocationId: options.parentInvocationId,
    onAgent(agentId, callId) {
      agents[agentId] = callId
      options.onAgent(agentId, callId)
    },
  })
  let offset = from?.offset ?? 0
  const checkpoint = async () => {
    add(transcript.tellRunning())
    const mark = await markOf(file.path, offset)
    const state = transcript.state()
    outbox.checkpoint({
      path: file.path,
      offset,
      mark,
      transcript: state,
      agents: { ...agents },
      parentInvocationId: options.parentInvocationId,
    })
    if (outbox.isFull) await outbox.flush()
  }
  const add = (observations: readonly Observation[]) => {
    outbox.add(observations)
    for (const { outcome } of observations) if (outcome !== 'running') count(summary.outcomes, outcome!)
  }

  const lines = readLines(file.path, { ...options, offset, endOffset: file.sizeBytes })
  for await (const line of lines) {
    const record = line.bytes && parseRecord(line.bytes)
    // Half-written: left for the next time. What parses is whole, with or without its line break.
    if (!line.complete && !isObject(record)) break
    summary.lines += 1
    summary.bytes += line.endOffset - offset
    options.onBytes(line.endOffset - offset)
    offset = line.endOffset
    if (isObject(record)) add(tally(transcript.read(record), summary))
    else if (line.bytes === undefined) count(summary.skipped_lines, 'too_long')
    else if (line.bytes.toString('latin1').trim() !== '')
      count(summary.skipped_lines, record === undefined ? 'not_json' : 'not_an_object')
    if (outbox.isFull) await checkpoint()
  }
  add(transcript.endIfIdle(options.nowMs(), options.idleMs))
  countRunning(transcript, summary)
  await checkpoint()
}

function tally(
  { observations, calls, skipped, recordType }: ReadResult,
  summary: ImportSummary,
): readonly Observation[] {
  for (const { kind } of calls) count(summary.calls, kind!)
  for (const reason of skipped) count(summary.skipped_lines, reason)
  if (!KNOWN_RECORD_TYPES.has(recordType)) count(summary.unknown_record_types, recordType)
  return observations
}

function countRunning(transcript: Transcript, summary: ImportSummary): void {
  const running = transcript.state().openCalls.filter((call) => call.told !== 'abandoned').length
  if (running > 0) count(summary.outcomes, 'running', running)
}

function parseRecord(bytes: Buffer): JsonObject | unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
