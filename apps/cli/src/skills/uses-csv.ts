import { csvLine } from '../csv.ts'
import { WORK_FIELDS } from '../uses/work.ts'
import type { Breakdown, SkillRow } from './rows.ts'

const SUMS = [
  ...(['interrupted_uses', 'used_again'] as const),
  ...WORK_FIELDS,
  ...WORK_FIELDS.map((field) => `${field}_with_nested` as const),
]

/** Uses as CSV (RFC 4180) with a header. A field without a value is empty. */
export function usesCsv(rows: readonly SkillRow[], by: Breakdown | undefined): string {
  const labels = ['kind', 'skill_name', ...(by === undefined ? [] : [by])] as const
  return [
    [...labels, 'uses', 'uses_before', ...SUMS, 'last_used_at'],
    ...rows.map(({ sums, usesBefore, lastUsedAt }) => [
      ...labels.map((label) => sums[label]),
      sums.uses,
      usesBefore,
      ...SUMS.map((field) => sums[field]),
      lastUsedAt,
    ]),
  ]
    .map(csvLine)
    .join('')
}
