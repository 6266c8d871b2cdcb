import { isOfBackground } from '../correlate/nearness.ts'
import type { WitnessRecord } from '../witness-record.ts'

/**
 * What an uncorrelated observation adds to the witness records of its call. Its kind, session and begin
 * decide which calls it may belong to, so the call keeps its own. A sub-agent that goes on in the background
 * ends long after its call returned, so its execution time and the prompt of that later moment are not the
 * call's.
 */
export function contributionOf({ fields, ...record }: WitnessRecord): WitnessRecord {
  const { invoked_at_ms: _begin, session_id: _session, kind: _kind, ...added } = fields
  if (!isOfBackground(fields)) return { ...record, fields: added }
  const { prompt_id: _prompt, execution_ms: _execution, ...rest } = added
  return { ...record, fields: rest }
}
