import type { AnomalyFinding } from '@skillwatch/analytics'
import { expect, test } from 'vitest'
import { reportOf } from '../src/report.ts'
import { planOf } from '../src/schedule.ts'
import { HOUR_MS } from './support/calls.ts'
import { DUE_AT_MS } from './support/test-analyst.ts'

const PLAN = planOf(DUE_AT_MS, HOUR_MS)

/** Findings that opened so many hours after the begin of the report. */
function findingsAt(...hours: number[]): AnomalyFinding[] {
  return hours.map((hour, index) => {
    const opened_at = new Date(PLAN.reportSinceMs + hour * HOUR_MS).toISOString()
    return { finding_id: `f${index}`, opened_at } as AnomalyFinding
  })
}

function idsOf(findings: readonly AnomalyFinding[], findingsMax?: number): string[] {
  return reportOf(findings, PLAN, findingsMax).findings.map(({ finding_id }) => finding_id)
}

test('a report has what opened in its window, its first instant included', () => {
  expect(idsOf(findingsAt(-100, -1, 0, 3))).toEqual(['f2', 'f3'])
})

test('with more findings than fit, a report begins after the instant of the newest one that is left out', () => {
  const findings = findingsAt(0, 1, 1, 2, 3)
  expect(idsOf(findings, 5)).toHaveLength(5)
  expect(idsOf(findings, 3)).toEqual(['f3', 'f4'])
  expect(Date.parse(reportOf(findings, PLAN, 3).since)).toBe(PLAN.reportSinceMs + HOUR_MS + 1)
})
