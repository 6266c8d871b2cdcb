import {
  DEPENDENCIES_MAX,
  type DependencyReport,
  type Kind,
  type ReportedDependency,
  type ReportedTransition,
} from '@skillwatch/schema'
import type { Answer } from '../answer.ts'
import { type CoUse, type CoUses, coUses, UNITS_MIN } from './co-use.ts'
import {
  type SequencedCall,
  TRANSITIONS_MIN,
  type Transition,
  type Transitions,
  transitions,
} from './transitions.ts'

/** Which units a report is computed from, and when. */
export interface DependencyWindow {
  readonly unit: DependencyReport['unit']
  readonly sinceMs: number
  readonly untilMs: number
  readonly computedAtMs: number
}

interface Skill {
  readonly kind: Kind
  readonly skill_name: string
}

interface UnitCall extends Skill {
  readonly invoked_at_ms: number
  readonly ended_at_ms: number | null
}

/** The sessions or turns of the window; `dependencyUnits` of `@skillwatch/db` reads them. */
interface Units {
  skills(): Iterable<readonly Skill[]>
  calls(): Iterable<readonly UnitCall[]>
}

/**
 * Which skills are used together and what follows what, as a report for ingest: of each the 10,000 with the
 * lowest q-values. Each list of units is read once, one unit at a time.
 */
export function dependencyReport(units: Units, window: DependencyWindow): DependencyReport {
  const used = coUses(map(units.skills(), keysOf), window.unit)
  const followed = transitions(map(units.calls(), toSequence), window.unit)
  const pairs = used.enough ? used.pairs : []
  const follows = followed.enough ? followed.transitions : []
  return {
    ...{ type: 'dependency', unit: window.unit },
    ...instantsOf(window),
    ...countsOf(used, followed),
    left_out_dependencies: Math.max(0, pairs.length - DEPENDENCIES_MAX),
    left_out_transitions: Math.max(0, follows.length - DEPENDENCIES_MAX),
    dependencies: pairs.slice(0, DEPENDENCIES_MAX).map(toDependency),
    transitions: follows.slice(0, DEPENDENCIES_MAX).map(toTransition),
  }
}

function instantsOf({ sinceMs, untilMs, computedAtMs }: DependencyWindow) {
  const instant = (ms: number) => new Date(ms).toISOString()
  return { computed_at: instant(computedAtMs), since: instant(sinceMs), until: instant(untilMs) }
}

function countsOf(used: Answer<CoUses>, followed: Answer<Transitions>) {
  return {
    units: used.enough ? used.all : used.have,
    units_needed: UNITS_MIN,
    ignored_units: used.enough ? used.ignoredUnits : 0,
    transitions_counted: followed.enough ? followed.all : followed.have,
    transitions_needed: TRANSITIONS_MIN,
  }
}

/** The statistics know names only. Kinds and names never contain NUL; names are first, for their order. */
function keyOf({ kind, skill_name }: Skill): string {
  return `${skill_name}\0${kind}`
}

function skillOf(key: string): Skill {
  const [skill_name, kind] = key.split('\0') as [string, Kind]
  return { kind, skill_name }
}

function keysOf(skills: readonly Skill[]): string[] {
  return skills.map(keyOf)
}

function toSequence(calls: readonly UnitCall[]): SequencedCall[] {
  return calls.map((call) => ({
    skill: keyOf(call),
    started_at_ms: call.invoked_at_ms,
    ended_at_ms: call.ended_at_ms,
  }))
}

function toDependency({ a, b, both, withA, withB, lift, p, q }: CoUse): ReportedDependency {
  const [first, second] = [skillOf(a), skillOf(b)]
  return {
    ...{ kind_a: first.kind, skill_a: first.skill_name },
    ...{ kind_b: second.kind, skill_b: second.skill_name },
    ...{ co_occurrence_count: both, with_a: withA, with_b: withB },
    ...{ lift_score: lift, p_value: p, q_value: q },
  }
}

function toTransition(transition: Transition): ReportedTransition {
  const { count, units, fromCount, toCount, lift, medianGapMs, p, q } = transition
  const [from, to] = [skillOf(transition.from), skillOf(transition.to)]
  return {
    ...{ from_kind: from.kind, from_skill: from.skill_name },
    ...{ to_kind: to.kind, to_skill: to.skill_name },
    ...{ transition_count: count, unit_count: units, from_count: fromCount, to_count: toCount },
    ...{ lift_score: lift, median_gap_ms: medianGapMs, p_value: p, q_value: q },
  }
}

function* map<From, To>(items: Iterable<From>, change: (item: From) => To): Generator<To> {
  for (const item of items) yield change(item)
}
