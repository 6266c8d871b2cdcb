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
    [...labels, 'uses', 'uses_before', ...SUMS, 'last_invoked_at'],
    ...rows.map(({ sums }) => [
      ...labels.map((label) => sums[label]),
      sums.uses,
      sums.uses_before,
      ...SUMS.map((field) => sums[field]),
      sums.last_invoked_at,
    ]),
  ]
    .map(csvLine)
    .join('')
}
