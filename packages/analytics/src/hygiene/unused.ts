import { rowsBySkill, type SkillCalls } from './calls.ts'
import type { InstalledSkill } from './installed.ts'

interface UnusedInstalledSkill extends InstalledSkill {
  readonly last_used_at_ms: number | null
  readonly calls: number
  /** Null with fewer than 5 calls. */
  readonly silence_p: number | null
}

export interface UnusedSkills {
  /** The longest installed first. */
  readonly unused: readonly UnusedInstalledSkill[]
  /** Not called, and installed within the window. */
  readonly installedLately: number
  /** Not called in the window, which is no surprise at their former rate. */
  readonly rarelyUsed: number
}

/** Calls from which a rate can be estimated. */
const CALLS_MIN = 5
/** A silence is a surprise when its probability is at most this. */
const SILENCE_P_MAX = 0.01

/**
 * Skills that are installed since before a window and were not called in it. One that was called five times
 * or more is unused only when so long a silence is unlikely at its former rate: with calls as a Poisson
 * process of rate r, a silence of length t has the probability e^(-r t) (Johnson, Kemp and Kotz, Univariate
 * Discrete Distributions, ch. 4). r is calls minus 1, divided by the time from the first to the last call.
 */
export function unusedSkills(
  skills: readonly InstalledSkill[],
  calls: readonly SkillCalls[],
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
): UnusedSkills {
  const callsOf = rowsBySkill(calls)
  const silent = skills
    .map((skill) => ({ ...skill, ...historyOf(callsOf(skill), untilMs) }))
    .filter(({ last_used_at_ms }) => last_used_at_ms === null || last_used_at_ms < sinceMs)
  const old = silent.filter(({ installed_at_ms }) => installed_at_ms <= sinceMs)
  const unused = old.filter(({ silence_p }) => silence_p === null || silence_p <= SILENCE_P_MAX)
  return {
    unused: unused.sort((a, b) => a.installed_at_ms - b.installed_at_ms),
    installedLately: silent.length - old.length,
    rarelyUsed: old.length - unused.length,
  }
}

function historyOf(rows: readonly SkillCalls[], untilMs: number) {
  const count = rows.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
  if (count === 0) return { calls: 0, last_used_at_ms: null, silence_p: null }
  const first = Math.min(...rows.map(({ first_invoked_at_ms }) => first_invoked_at_ms))
  const last = Math.max(...rows.map(({ last_invoked_at_ms }) => last_invoked_at_ms))
  const isEnough = count >= CALLS_MIN && last > first
  const expected = isEnough ? ((count - 1) / (last - first)) * Math.max(0, untilMs - last) : 0
  return { calls: count, last_used_at_ms: last, silence_p: isEnough ? Math.exp(-expected) : null }
}
