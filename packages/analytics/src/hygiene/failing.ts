import { type Interval, wilsonInterval } from '../rates/intervals.ts'
import { rowsBySkill, type SkillUses } from './calls.ts'
import type { InstalledSkill } from './installed.ts'

interface FailingInstalledSkill extends InstalledSkill {
  readonly uses: number
  readonly calls: number
  readonly failed_calls: number
  readonly failed_share: number
  readonly interval: Interval
}

export interface FailingSkills {
  /** The one with the highest lower end of its interval first. */
  readonly failing: readonly FailingInstalledSkill[]
  /** Used, with fewer than 20 calls. */
  readonly tooFewCalls: number
}

const CALLS_MIN = 20
/** A skill fails too often when the lower end of the interval of its share is above this. */
const FAILED_SHARE_MIN = 0.2

/**
 * Skills of whose calls in a window more than a fifth failed, by the lower end of Wilson's 95% interval.
 * Needs 20 calls. The roll-up has no sessions, so calls are taken as independent; those of one session are
 * alike, and the interval is then too narrow.
 */
export function failingSkills(skills: readonly InstalledSkill[], uses: readonly SkillUses[]): FailingSkills {
  const usesOf = rowsBySkill(uses)
  const used = skills
    .map((skill) => ({ ...skill, ...sumsOf(usesOf(skill)) }))
    .filter((skill) => skill.uses > 0)
  const judged = used.filter(({ calls }) => calls >= CALLS_MIN)
  const failing = judged
    .map((skill) => {
      const share = { hits: skill.failed_calls, of: skill.calls }
      return { ...skill, failed_share: share.hits / share.of, interval: wilsonInterval(share) }
    })
    .filter(({ interval: [low] }) => low > FAILED_SHARE_MIN)
    .sort((a, b) => b.interval[0] - a.interval[0])
  return { failing, tooFewCalls: used.length - judged.length }
}

function sumsOf(rows: readonly SkillUses[]) {
  const sum = (name: 'use_count' | 'calls' | 'failed_calls') =>
    rows.reduce((total, row) => total + row[name], 0)
  return { uses: sum('use_count'), calls: sum('calls'), failed_calls: sum('failed_calls') }
}
