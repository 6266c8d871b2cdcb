import type { Observation } from '@skillwatch/schema'
import { isObject } from '@skillwatch/schema/claude-code'
import type { TranscriptCheckpoint } from './checkpoint-store.ts'
import { KNOWN_RECORD_TYPES } from './claude-code/record-types.ts'
import { type AgentCall, type ReadResult, Transcript } from './claude-code/transcript.ts'
import type { TranscriptFile } from './find-transcripts.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type Line, readLines } from './lines.ts'
import { count, type ImportSummary } from './summary.ts'
import type { Uploader } from './uploader.ts'

export interface ImportFileOptions {
  readonly uploader: Uploader<TranscriptCheckpoint>
  readonly summary: ImportSummary
  readonly nowMs: () => number
  /** Age of the newest record after which calls without a result are abandoned. */
  readonly idleMs: number
  readonly lineBytesMax: number
  readonly signal: AbortSignal
  readonly parentInvocationId: string | undefined
  readonly parentPromptId: string | undefined
  readonly onAgent: (agentId: string, call: AgentCall) => void
  readonly onBytes: (bytes: number) => void
}

/** Imports one transcript file, from its checkpoint (or its start) to the size it had when it was found. */
export async function importFile(
  file: TranscriptFile,
  from: TranscriptCheckpoint | undefined,
  options: ImportFileOptions,
): Promise<void> {
  await new FileImport(file, from, options).run()
}

class FileImport {
  readonly #file: TranscriptFile
  readonly #options: ImportFileOptions
  readonly #agents: Record<string, AgentCall>
  readonly #transcript: Transcript
  #offset: number

  constructor(file: TranscriptFile, from: TranscriptCheckpoint | undefined, options: ImportFileOptions) {
    this.#file = file
    this.#options = options
    this.#offset = from?.offset ?? 0
    this.#agents = { ...from?.agents }
    this.#transcript = new Transcript({
      state: from?.transcript,
      parentInvocationId: options.parentInvocationId,
      parentPromptId: options.parentPromptId,
      onAgent: (agentId, call) => {
        this.#agents[agentId] = call
        options.onAgent(agentId, call)
      },
    })
  }

  async run(): Promise<void> {
    const { uploader, nowMs, idleMs } = this.#options
    const range = { ...this.#options, offset: this.#offset, endOffset: this.#file.sizeBytes }
    for await (const line of readLines(this.#file.path, range)) {
      const record = line.bytes && parseRecord(line.bytes)
      // The agent is still writing the last line: the next run reads it. A record that parses is complete.
      if (!line.complete && !isObject(record)) break
      this.#take(line, record)
      if (uploader.isFull) await this.#saveCheckpoint()
    }
    this.#add(this.#transcript.endIfIdle(nowMs(), idleMs))
    this.#countRunning()
    await this.#saveCheckpoint()
  }

  #take(line: Line, record: unknown): void {
    const { summary, onBytes } = this.#options
    const bytes = line.endOffset - this.#offset
    this.#offset = line.endOffset
    summary.lines += 1
    summary.bytes += bytes
    onBytes(bytes)
    if (isObject(record)) this.#takeResult(this.#transcript.read(record))
    else skipLine(line, record, summary)
  }

  #takeResult(result: ReadResult): void {
    const { uploader, summary } = this.#options
    this.#add(tally(result, summary))
    uploader.addApiRequests(result.apiRequests)
    uploader.addPrompts(result.prompts)
  }

  #add(observations: readonly Observation[]): void {
    const { uploader, summary } = this.#options
    uploader.add(observations)
    for (const { outcome } of observations) if (outcome !== 'running') count(summary.outcomes, outcome!)
  }

  async #saveCheckpoint(): Promise<void> {
    const { uploader, parentInvocationId } = this.#options
    const { path } = this.#file
    this.#add(this.#transcript.reportRunning())
    uploader.setCheckpoint({
      path,
      offset: this.#offset,
      fingerprint: await fingerprintOf(path, this.#offset),
      transcript: this.#transcript.state(),
      agents: { ...this.#agents },
      parentInvocationId,
    })
    if (uploader.isFull) await uploader.flush()
  }

  #countRunning(): void {
    const { openCalls } = this.#transcript.state()
    const running = openCalls.filter((call) => call.reported !== 'abandoned').length
    if (running > 0) count(this.#options.summary.outcomes, 'running', running)
  }
}

function skipLine({ bytes }: Line, record: unknown, { skipped_lines }: ImportSummary): void {
  if (bytes === undefined) count(skipped_lines, 'too_long')
  else if (bytes.toString('latin1').trim() !== '')
    count(skipped_lines, record === undefined ? 'not_json' : 'not_an_object')
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

function parseRecord(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
