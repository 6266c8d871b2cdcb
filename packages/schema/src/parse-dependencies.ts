import type { DependencyReport, ReportedDependency, ReportedTransition } from './dependency.ts'
import type { Refusal } from './first-error.ts'
import { parseReportWindow } from './parse-window.ts'
import { refuseEach } from './refuse-each.ts'
import type { DependencyReportRow } from './tables/dependencies.ts'

/** A report of dependencies that passed every check, as its rows hold it. */
export interface ParsedDependencyReport {
  readonly type: 'dependency'
  readonly sample: Omit<DependencyReportRow, 'project_id'>
  readonly dependencies: readonly ReportedDependency[]
  readonly transitions: readonly ReportedTransition[]
}

/**
 * Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 * @returns the report, or what is wrong with it: at most one refusal for each pair and transition
 */
export function parseDependencyReport(
  report: DependencyReport,
  nowMs: number,
): { report: ParsedDependencyReport } | { refusals: Refusal[] } {
  const { dependencies, transitions, units } = report
  const window = parseReportWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const refusals = [
    ...refuseEach('dependencies', dependencies, dependencyKey, (each) => refuseDependency(each, units)),
    ...refuseEach('transitions', transitions, transitionKey, (each) => refuseTransition(each, units)),
  ]
  if (refusals.length > 0) return { refusals }
  const sample = { ...window, ...countsOf(report) }
  return { report: { type: 'dependency', sample, dependencies, transitions } }
}

function countsOf(report: DependencyReport) {
  const { unit, units, units_needed, ignored_units, transitions_counted, transitions_needed } = report
  const { left_out_dependencies, left_out_transitions } = report
  return {
    ...{ unit, units, units_needed, ignored_units, transitions_counted, transitions_needed },
    ...{ left_out_dependencies, left_out_transitions },
  }
}

/** Kinds and names never contain NUL. The name is first, so that keys have the order of names. */
function dependencyKey({ kind_a, skill_a, kind_b, skill_b }: ReportedDependency): string {
  return `${skill_a}\0${kind_a}\0${skill_b}\0${kind_b}`
}

function transitionKey({ from_kind, from_skill, to_kind, to_skill }: ReportedTransition): string {
  return `${from_skill}\0${from_kind}\0${to_skill}\0${to_kind}`
}

function refuseDependency(dependency: ReportedDependency, units: number): Refusal | undefined {
  const { kind_a, skill_a, kind_b, skill_b, co_occurrence_count, with_a, with_b } = dependency
  if (`${skill_a}\0${kind_a}` >= `${skill_b}\0${kind_b}`)
    return { pointer: '/skill_b', reason: 'does not come after skill_a in the order of names' }
  if (with_a > units) return { pointer: '/with_a', reason: 'is above units' }
  if (with_b > units) return { pointer: '/with_b', reason: 'is above units' }
  if (co_occurrence_count > Math.min(with_a, with_b))
    return { pointer: '/co_occurrence_count', reason: 'is above with_a or with_b' }
  return undefined
}

function refuseTransition(transition: ReportedTransition, units: number): Refusal | undefined {
  const { transition_count, unit_count, from_count, to_count } = transition
  if (transition_count > Math.min(from_count, to_count))
    return { pointer: '/transition_count', reason: 'is above from_count or to_count' }
  if (unit_count > Math.min(transition_count, units))
    return { pointer: '/unit_count', reason: 'is above transition_count or units' }
  return undefined
}
