import type { Dependency, Transition } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'
import type { Dependencies } from './read.ts'

const FIELDS = [
  'relation',
  'kind_a',
  'skill_a',
  'kind_b',
  'skill_b',
  'count',
  'of_a',
  'of_b',
  'units',
  'lift_score',
  'median_gap_ms',
  'p_value',
  'q_value',
] as const

type Fields = Readonly<Record<(typeof FIELDS)[number], string | number | null>>

/**
 * Pairs and transitions as CSV (RFC 4180) with a header. `count` is out of `of_a` and `of_b`: units, or of
 * transitions calls. A transition leads from a to b.
 */
export function dependenciesCsv({ together, next, before }: Dependencies): string {
  const rows = [
    ...together.items.map(ofPair),
    ...[...next.items, ...(before?.items ?? []).filter((each) => !isLoop(each))].map(ofTransition),
  ]
  return [csvLine(FIELDS), ...rows.map((row) => csvLine(FIELDS.map((field) => row[field])))].join('')
}

/** A skill after itself is in both lists of transitions. */
function isLoop({ from_kind, from_skill, to_kind, to_skill }: Transition): boolean {
  return from_kind === to_kind && from_skill === to_skill
}

function ofPair(row: Dependency): Fields {
  const { kind_a, skill_a, kind_b, skill_b, co_occurrence_count, with_a, with_b } = row
  return {
    ...{ relation: 'together', kind_a, skill_a, kind_b, skill_b },
    ...{ count: co_occurrence_count, of_a: with_a, of_b: with_b, units: co_occurrence_count },
    ...{ lift_score: row.lift_score, median_gap_ms: null, p_value: row.p_value, q_value: row.q_value },
  }
}

function ofTransition(row: Transition): Fields {
  return {
    ...{ relation: 'transition', kind_a: row.from_kind, skill_a: row.from_skill },
    ...{ kind_b: row.to_kind, skill_b: row.to_skill },
    ...{ count: row.transition_count, of_a: row.from_count, of_b: row.to_count, units: row.unit_count },
    ...{ lift_score: row.lift_score, median_gap_ms: row.median_gap_ms },
    ...{ p_value: row.p_value, q_value: row.q_value },
  }
}
