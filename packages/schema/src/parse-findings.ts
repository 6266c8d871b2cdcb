import type { ChangedVersionReport, Finding, FindingsReport } from './finding.ts'
import type { Refusal } from './first-error.ts'
import { parseInstants } from './parse-window.ts'
import type { AnomalyRow } from './tables/findings.ts'

/** A finding that passed every check, as its row holds it. */
export type ParsedFinding = Omit<AnomalyRow, 'row_id' | 'project_id'>

/** All findings of a type that opened in a window, both ends included. */
export interface ParsedFindingsReport {
  readonly type: AnyFindingsReport['type']
  readonly since_ms: number
  readonly until_ms: number
  readonly findings: readonly ParsedFinding[]
}

type AnyFindingsReport = FindingsReport | ChangedVersionReport
type Window = Pick<ParsedFindingsReport, 'since_ms' | 'until_ms'>

/**
 * Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 * @returns the report, or what is wrong with it: at most one refusal for each finding
 */
export function parseFindingsReport(
  report: AnyFindingsReport,
  nowMs: number,
): { report: ParsedFindingsReport } | { refusals: Refusal[] } {
  const window = parseFindingsWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const ids = new Set<string>()
  const findings: ParsedFinding[] = []
  const refusals: Refusal[] = []
  for (const [index, finding] of report.findings.entries()) {
    const parsed = ids.has(finding.finding_id)
      ? { pointer: '/finding_id', reason: 'is the id of another finding of the report' }
      : (refuseSubtype(finding, report.type) ?? parseFinding(finding, window, nowMs))
    ids.add(finding.finding_id)
    if ('pointer' in parsed) refusals.push({ ...parsed, pointer: `/findings/${index}${parsed.pointer}` })
    else findings.push(parsed)
  }
  return refusals.length > 0 ? { refusals } : { report: { type: report.type, ...window, findings } }
}

/** A report replaces what is stored of its own subtypes, so it has no others. */
function refuseSubtype({ subtype }: Finding, type: AnyFindingsReport['type']): Refusal | undefined {
  return (subtype === 'changed_version') === (type === 'changed_version')
    ? undefined
    : { pointer: '/subtype', reason: `is not one of a report of type ${type}` }
}

/** A window may be an instant, as both ends are included. */
function parseFindingsWindow(report: AnyFindingsReport, nowMs: number): Window | Refusal {
  const parsed = parseInstants(report, ['since', 'until'], nowMs)
  if ('pointer' in parsed) return parsed
  const { since, until } = parsed
  return until < since
    ? { pointer: '/until', reason: 'is before since' }
    : { since_ms: since, until_ms: until }
}

function parseFinding(finding: Finding, window: Window, nowMs: number): ParsedFinding | Refusal {
  const instants = instantsOf(finding, nowMs)
  if ('pointer' in instants) return instants
  const refusal = refuseOrder(instants, window)
  if (refusal !== undefined) return refusal
  const { finding_id, kind, skill_name, metric, subtype, samples } = finding
  const { baseline_value, observed_value, deviation_score, p_value, q_value, method, explanation } = finding
  return {
    ...{ finding_id, kind, skill_name, metric, subtype },
    ...instants,
    ...{ baseline_value, observed_value, deviation_score, p_value, q_value },
    ...{ baseline_samples: samples.baseline, observed_samples: samples.observed },
    ...{ method, explanation },
  }
}

type Instants = Pick<AnomalyRow, 'opened_at_ms' | 'updated_at_ms' | 'resolved_at_ms'>

function instantsOf({ resolved_at, ...finding }: Finding, nowMs: number): Instants | Refusal {
  const parsed = parseInstants(finding, ['opened_at', 'updated_at'], nowMs)
  if ('pointer' in parsed) return parsed
  const instants = { opened_at_ms: parsed.opened_at, updated_at_ms: parsed.updated_at }
  if (resolved_at === null) return { ...instants, resolved_at_ms: null }
  const resolved = parseInstants({ resolved_at }, ['resolved_at'], nowMs)
  return 'pointer' in resolved ? resolved : { ...instants, resolved_at_ms: resolved.resolved_at }
}

function refuseOrder(
  { opened_at_ms, updated_at_ms, resolved_at_ms }: Instants,
  { since_ms, until_ms }: Window,
): Refusal | undefined {
  if (opened_at_ms < since_ms || opened_at_ms > until_ms)
    return { pointer: '/opened_at', reason: 'is not between since and until' }
  if (updated_at_ms < opened_at_ms) return { pointer: '/updated_at', reason: 'is before opened_at' }
  if (resolved_at_ms !== null && resolved_at_ms < opened_at_ms)
    return { pointer: '/resolved_at', reason: 'is before opened_at' }
  return undefined
}
