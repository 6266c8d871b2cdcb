import { type AnalysisReport, FindingsReply } from '@skillwatch/schema'
import { Value } from 'typebox/value'

const ANSWER_MS_MAX = 30_000
const DETAIL_LENGTH_MAX = 500

/** Where a report is sent. */
export interface Target {
  readonly ingestUrl: string
  readonly project: string
  /** Undefined where no key is needed. */
  readonly apiKey: string | undefined
}

/** A report of any type, as ingest takes it. */
export type AnyReport = Pick<AnalysisReport, 'type'>

/** Ingest did not take a report. */
export class PostError extends Error {
  override readonly name = 'PostError'
  /** Whether the same report can be taken later, without a change of the configuration. */
  readonly isTemporary: boolean

  constructor(message: string, isTemporary: boolean, options?: ErrorOptions) {
    super(message, options)
    this.isTemporary = isTemporary
  }
}

/**
 * Sends a report, which ingest stores as a whole or not at all.
 * @throws {PostError} when ingest does not answer or refuses; the signal's reason when it is aborted
 */
export async function postReport(
  { ingestUrl, project, apiKey }: Target,
  report: AnyReport,
  signal: AbortSignal,
): Promise<FindingsReply> {
  const response = await fetch(`${ingestUrl}/v1/findings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'skillwatch-project': encodeURIComponent(project),
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(report),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new PostError(`ingest does not answer at ${ingestUrl}`, true, { cause })
  })
  const text = await response.text()
  if (!response.ok) throw refusal(response.status, text, ingestUrl)
  const reply = parsed(text)
  if (Value.Check(FindingsReply, reply)) return reply
  throw new PostError(`what answers at ${ingestUrl} is not ingest; correct ANALYST_INGEST_URL`, false)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(status: number, text: string, ingestUrl: string): PostError {
  const isTemporary = status >= 500 || status === 408 || status === 429
  const hint =
    status === 401 || status === 403 ? '; ANALYST_API_KEYS needs a key of it with scope findings' : ''
  const detail = text.slice(0, DETAIL_LENGTH_MAX)
  return new PostError(`ingest at ${ingestUrl} answered ${status}${hint}: ${detail}`, isTemporary)
}
