import { createHash } from 'node:crypto'
import { median } from 'simple-statistics'
import type { AnomalyFinding } from '../anomalies/finding.ts'
import { Z95 } from '../distributions/continuous.ts'
import { compareDurations } from '../rates/compare-durations.ts'
import { compareShares, type SessionShares } from '../rates/compare-shares.ts'
import { qValues } from '../rates/false-discovery.ts'
import type { Interval } from '../rates/intervals.ts'

/** A file of a skill got another content. */
export interface VersionChange {
  readonly kind: 'skill' | 'command' | 'agent'
  readonly skill_name: string
  readonly from_hash: string
  readonly to_hash: string
  readonly changed_at_ms: number
}

/** A use of a skill, with the calls that followed from it. */
export interface UseOfSkill {
  readonly session_id: string
  readonly began_at_ms: number
  /** Its own call and those that followed, without refused ones. */
  readonly calls: number
  readonly failed_calls: number
  readonly work_ms: number
}

/** On each side at most so long is compared: other things change too. */
const SIDE_MS_MAX = 28 * 86_400_000

/** One metric before and after a change. */
interface Comparison {
  readonly metric: 'completion_rate' | 'duration'
  readonly before: number
  readonly after: number
  readonly score: number
  readonly p: number
  readonly samples: { readonly baseline: number; readonly observed: number }
  readonly method: string
  readonly text: string
}

/**
 * Compares the uses of skills before and after their files were changed: the share of calls that did not
 * fail, and the time of the work. A side is at most 28 days long and ends at the next change of the skill.
 * Each metric with enough data on both sides is a finding, whether it differs or not; `q_value` says whether
 * chance explains the difference (Benjamini and Hochberg over all comparisons of the run). It is resolved
 * when the side after the change has ended.
 * @param usesOf the uses of a skill that began from an instant on, up to another one, which is excluded
 */
export function changedVersionFindings(
  changes: readonly VersionChange[],
  usesOf: (change: VersionChange, fromMs: number, toMs: number) => readonly UseOfSkill[],
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
): AnomalyFinding[] {
  const compared = onceForEachChange(changes)
    .filter(({ change: { changed_at_ms: at } }) => at >= sinceMs && at < untilMs)
    .flatMap(({ change, previousMs, nextMs }) => {
      const at = change.changed_at_ms
      const endMs = Math.min(nextMs, at + SIDE_MS_MAX)
      const before = usesOf(change, Math.max(previousMs, at - SIDE_MS_MAX), at)
      const after = usesOf(change, at, Math.min(endMs, untilMs))
      return comparisonsOf(before, after).map((comparison) => ({ change, comparison, endMs }))
    })
  const q = qValues(compared.map(({ comparison }) => comparison.p))
  return compared.map((each, index) =>
    findingOf(each.change, each.comparison, q[index]!, each.endMs, untilMs),
  )
}

/**
 * One file may be changed on several machines, and at several times: what has the same contents before and
 * after is one change, at the first of these times.
 */
function onceForEachChange(changes: readonly VersionChange[]) {
  const bySkill = Map.groupBy(changes, ({ kind, skill_name }) => `${kind}\0${skill_name}`)
  return [...bySkill.values()].flatMap((ofSkill) => {
    const first = new Map<string, VersionChange>()
    for (const change of ofSkill.toSorted((a, b) => a.changed_at_ms - b.changed_at_ms)) {
      const key = `${change.from_hash}${change.to_hash}`
      if (!first.has(key)) first.set(key, change)
    }
    const all = [...first.values()]
    return all.map((change, index) => ({
      change,
      previousMs: all[index - 1]?.changed_at_ms ?? Number.NEGATIVE_INFINITY,
      nextMs: all[index + 1]?.changed_at_ms ?? Number.POSITIVE_INFINITY,
    }))
  })
}

function comparisonsOf(before: readonly UseOfSkill[], after: readonly UseOfSkill[]): Comparison[] {
  return [compareCompletion(before, after), compareWork(before, after)].filter((each) => each !== undefined)
}

/** Effect size: Cohen's h, the difference of arcsines of roots (Cohen, Statistical Power Analysis, 6.2). */
function compareCompletion(
  before: readonly UseOfSkill[],
  after: readonly UseOfSkill[],
): Comparison | undefined {
  const [a, b] = [completedOf(before), completedOf(after)]
  const { difference, interval, p } = compareShares(a, b)
  if (difference === null || interval === null || p === null) return undefined
  const [shareBefore, shareAfter] = [a.hits / a.of, b.hits / b.of]
  const h = 2 * Math.asin(Math.sqrt(shareAfter)) - 2 * Math.asin(Math.sqrt(shareBefore))
  return {
    metric: 'completion_rate',
    ...{ before: shareBefore, after: shareAfter, p, samples: { baseline: a.of, observed: b.of } },
    score: scoreOf(difference, interval),
    method: "calls of uses that did not fail; Fisher's test, Newcombe's interval, design effect of sessions",
    text:
      `completed ${percent(shareAfter)} of ${b.of} calls, before ${percent(shareBefore)} of ${a.of}: ` +
      `${points(difference)} points (95% interval ${points(interval[0])} to ${points(interval[1])}; ` +
      `Cohen's h ${rounded(h)})`,
  }
}

/** Uses of a session are alike, so each session counts once, with its median. */
function compareWork(before: readonly UseOfSkill[], after: readonly UseOfSkill[]): Comparison | undefined {
  const [a, b] = [workOf(before), workOf(after)]
  const compared = compareDurations(a, b)
  if (!compared.enough || compared.p === null) return undefined
  const { ratio, interval, cliffsDelta, p } = compared
  const [medianBefore, medianAfter] = [median(a), median(b)]
  return {
    metric: 'duration',
    ...{ before: medianBefore, after: medianAfter, p, samples: { baseline: a.length, observed: b.length } },
    score: scoreOf(Math.log(ratio), [Math.log(interval[0]), Math.log(interval[1])]),
    method: 'work time of uses, the median of each session; Mann-Whitney test, Hodges-Lehmann ratio',
    text:
      `took ${seconds(medianAfter)} (median of ${b.length} sessions), before ${seconds(medianBefore)} ` +
      `(${a.length}): ${rounded(ratio)} times as long (95% interval ${rounded(interval[0])} to ` +
      `${rounded(interval[1])}; Cliff's delta ${rounded(cliffsDelta)})`,
  }
}

function completedOf(uses: readonly UseOfSkill[]): SessionShares {
  const shareOf = (some: readonly UseOfSkill[]) => {
    const of = some.reduce((sum, { calls }) => sum + calls, 0)
    return { hits: of - some.reduce((sum, { failed_calls }) => sum + failed_calls, 0), of }
  }
  const bySession = Map.groupBy(uses, ({ session_id }) => session_id)
  return { ...shareOf(uses), bySession: [...bySession.values()].map(shareOf) }
}

function workOf(uses: readonly UseOfSkill[]): number[] {
  const bySession = Map.groupBy(uses, ({ session_id }) => session_id)
  return [...bySession.values()].map((ofSession) => median(ofSession.map(({ work_ms }) => work_ms)))
}

/** The difference in standard errors, by the width of its 95% interval; 0 for an interval without width. */
function scoreOf(difference: number, [low, high]: Interval): number {
  const standardError = (high - low) / (2 * Z95)
  return standardError > 0 ? difference / standardError : 0
}

function findingOf(
  { kind, skill_name, from_hash, to_hash, changed_at_ms }: VersionChange,
  { metric, before, after, score, p, samples, method, text }: Comparison,
  q: number,
  endMs: number,
  untilMs: number,
): AnomalyFinding {
  const key = ['changed_version', kind, skill_name, metric, from_hash, to_hash]
  const changedAt = new Date(changed_at_ms).toISOString()
  const isOver = endMs <= untilMs
  return {
    finding_id: createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32),
    type: 'anomaly',
    subtype: 'changed_version',
    ...{ metric, kind, skill_name },
    opened_at: changedAt,
    updated_at: new Date(Math.min(endMs, untilMs)).toISOString(),
    resolved_at: isOver ? new Date(endMs).toISOString() : null,
    ...{ baseline_value: before, observed_value: after, deviation_score: score },
    ...{ p_value: p, q_value: q, samples },
    method: `${method}; up to 28 days on each side of the change`,
    explanation: `After its file was changed at ${changedAt}, ${skill_name} ${text}.`,
  }
}

function percent(share: number): string {
  return `${rounded(100 * share)}%`
}

function points(share: number): string {
  return `${share > 0 ? '+' : ''}${rounded(100 * share)}`
}

function seconds(ms: number): string {
  return `${rounded(ms / 1000)} s`
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}
