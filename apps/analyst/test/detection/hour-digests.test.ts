import type { HourlyCalls } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { HourDigests } from '../../src/detection/hour-digests.ts'
import { HOUR_MS } from '../support/calls.ts'

const HOUR: HourlyCalls = {
  ...{ kind: 'skill', skill_name: 'pdf-fill', hour_at_ms: HOUR_MS },
  ...{ invocation_count: 3, completed_count: 2, failed_count: 1, rejected_count: 0, abandoned_count: 0 },
  duration_counts: [0, 2, 1],
  follow_counts: { commit: 2, Bash: 1 },
}

/** The digests of three hours with these rows. */
function digestsOf(...rows: readonly HourlyCalls[]): string[] {
  const digests = new HourDigests({ fromMs: 0, toMs: 3 * HOUR_MS })
  expect([...digests.read(rows)]).toEqual(rows)
  return digests.digests()
}

test('equal rows have equal digests, in whatever order their followers were counted', () => {
  expect(digestsOf({ ...HOUR, follow_counts: { Bash: 1, commit: 2 } })).toEqual(digestsOf(HOUR))
})

test.each<[string, Partial<HourlyCalls>]>([
  ['the name', { skill_name: 'review' }],
  ['a count', { completed_count: 1, failed_count: 2 }],
  ['the durations', { duration_counts: [0, 1, 2] }],
  ['what followed', { follow_counts: { commit: 1, Bash: 2 } }],
])('%s changes the digest of the hour, and of no other hour', (_, change) => {
  const later = { ...HOUR, hour_at_ms: 2 * HOUR_MS }
  const [none, changed, same] = digestsOf({ ...HOUR, ...change }, later)
  const before = digestsOf(HOUR, later)
  expect([none, same]).toEqual([before[0], before[2]])
  expect(changed).not.toBe(before[1])
})
