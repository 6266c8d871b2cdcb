import { gzipSync } from 'node:zlib'
import type { Observation, RecordReply } from '@skillwatch/schema'

export type BodyForm = 'json' | 'ndjson' | 'gzip'
export const BODY_FORMS: readonly BodyForm[] = ['json', 'ndjson', 'gzip']

/** Sends observations in one request, once. */
export function post(
  ingestUrl: string,
  observations: readonly Observation[],
  form: BodyForm,
): Promise<Response> {
  const json =
    form === 'json'
      ? JSON.stringify(observations)
      : observations.map((each) => JSON.stringify(each)).join('\n')
  return fetch(`${ingestUrl}/v1/invocations`, {
    method: 'POST',
    headers: {
      'content-type': form === 'json' ? 'application/json' : 'application/x-ndjson',
      ...(form === 'gzip' && { 'content-encoding': 'gzip' }),
    },
    body: form === 'gzip' ? gzipSync(json) : json,
  })
}

/** Sends observations until ingest accepts them; a busy ingest gets them again. */
export async function record(
  ingestUrl: string,
  observations: readonly Observation[],
  form: BodyForm,
): Promise<void> {
  for (;;) {
    const response = await post(ingestUrl, observations, form)
    const text = await response.text()
    if (response.status === 503 || response.status === 429) continue
    if (!response.ok) throw new Error(`ingest answered ${response.status}: ${text}`)
    const { accepted, duplicates, rejected } = JSON.parse(text) as RecordReply
    if (rejected.length > 0 || accepted + duplicates !== observations.length)
      throw new Error(`not all accepted: ${text}`)
    return
  }
}
