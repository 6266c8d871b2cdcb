import { expect, test } from 'vitest'
import { sessionsCsv } from '../../src/sessions/csv.ts'
import { aSession, NO_USAGE } from './some-session.ts'

test('each session is one record with its counts and sums; an unknown cost is empty', () => {
  const rows = [aSession(), aSession({ session_id: 'a,"b"', usage: NO_USAGE })]
  expect(sessionsCsv(rows).split('\r\n')).toEqual([
    'session_id,first_invoked_at,last_active_at,invocation_count,running_count,completed_count,' +
      'failed_count,rejected_count,abandoned_count,responses,input_tokens,output_tokens,' +
      'cache_creation_tokens,cache_read_tokens,cost_usd,cost_source,unpriced_responses',
    '3f2a9c11-77aa-4c1e-9d3e-0123456789ab,2026-11-22T09:30:00.000Z,2026-11-22T11:02:13.000Z,42,1,38,3,0,0,' +
      '12,12300,4560,30000,1200000,1.25,estimated,0',
    '"a,""b""",2026-11-22T09:30:00.000Z,2026-11-22T11:02:13.000Z,42,1,38,3,0,0,0,0,0,0,0,,none,0',
    '',
  ])
})
