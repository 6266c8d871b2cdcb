import type { AnomalyFinding } from '../src/index.ts'
import { type Fault, type FaultType, sum } from './faults.ts'
import { FIRST_HOUR_MS, type SkillWorld } from './world.ts'

const HOUR_MS = 3_600_000
/** A finding that opens later than this after the end of a fault is not of it. */
const HOURS_AFTER = 4

/** What a fault must be found as. A silence can show as fewer calls first. */
const FOUND_AS: Readonly<Record<FaultType, readonly string[]>> = {
  rate_drop: ['completion_rate drop'],
  slowdown: ['duration slowdown'],
  volume_spike: ['volume spike'],
  silence: ['silence silence', 'volume drop'],
  pattern_shift: ['pattern_shift pattern_shift'],
}

/** A fault, and whether and when it was found. */
export interface JudgedFault {
  readonly fault: Fault
  readonly hours: number
  /** Expected calls while it lasted. */
  readonly calls: number
  /** From its start to the end of the hour that opened the finding; null when it was not found. */
  readonly delayHours: number | null
}

export interface Judgement {
  readonly faults: readonly JudgedFault[]
  /** Findings that belong to no fault, or repeat the finding of one. */
  readonly falseFindings: readonly AnomalyFinding[]
}

export function judge(
  world: readonly SkillWorld[],
  faults: readonly Fault[],
  findings: readonly AnomalyFinding[],
): Judgement {
  const first = faults.map((fault) =>
    findings.find((finding) => isFound(world[fault.skill]!, fault, finding)),
  )
  return {
    faults: faults.map((fault, i) => ({
      fault,
      hours: fault.to - fault.from,
      calls: sum(world[fault.skill]!.means, fault.from, fault.to),
      delayHours: first[i] ? hourOf(first[i]) - fault.from : null,
    })),
    falseFindings: findings.filter((finding) => !first.includes(finding)),
  }
}

function isFound({ name }: SkillWorld, { type, from, to }: Fault, finding: AnomalyFinding): boolean {
  const opened = hourOf(finding)
  const isOfFault = finding.skill_name === name && opened > from && opened <= to + HOURS_AFTER
  return isOfFault && FOUND_AS[type].includes(`${finding.metric} ${finding.subtype}`)
}

function hourOf({ opened_at }: AnomalyFinding): number {
  return (Date.parse(opened_at) - FIRST_HOUR_MS) / HOUR_MS
}
