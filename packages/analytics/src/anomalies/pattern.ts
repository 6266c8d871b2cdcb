import { notEnough } from '../answer.ts'
import { chiSquaredAtLeast } from '../distributions/continuous.ts'
import { type BaselineHours, DECAY, tooShort, WINDOW_HOURS, WINDOW_HOURS_MAX } from './baseline-hours.ts'
import { CORRELATION_PRIOR, type Dispersion, DispersionCounter, type DispersionSums } from './dispersion.ts'
import { gTest } from './g-test.ts'
import type { SkillColumns } from './hourly-table.ts'
import type { WindowTest } from './rate.ts'

/** What is expected to follow a skill. */
export interface PatternBaseline {
  /** By follower of the skill; they add up to 1. */
  readonly shares: Float64Array
  /** The number of independent followings that are as certain. */
  readonly effectiveCalls: number
  /** By window: how much more followings vary than independent ones. */
  readonly dispersions: readonly Dispersion[]
  readonly calls: number
}

export interface PatternTest extends WindowTest {
  /** The follower whose share changed most; `expected` and `observed` are its shares. */
  readonly follower: string
}

const WINDOW_CALLS_MIN = 20
/** Followers with fewer expected calls in a window are counted together (Cochran, Biometrics 10, 1954). */
const EXPECTED_MIN = 5

/** The shares of what followed over the baseline. Needs 100 calls, 24 hours, and two followers. */
export function followsOverBaseline(skill: SkillColumns, hours: BaselineHours) {
  const { follows, followed, followers } = skill
  const slots = followers.length
  const counts = new Float64Array(slots)
  let [weight, calls, squared, used] = [1, 0, 0, 0]
  for (let hour = hours.to - 1; hour >= hours.from; hour -= 1) {
    if (hours.usable[hour] === 0) continue
    if (followed[hour]! > 0)
      for (let slot = 0; slot < slots; slot += 1) counts[slot]! += weight * follows[hour * slots + slot]!
    calls += followed[hour]!
    squared += weight ** 2 * followed[hour]!
    used += 1
    weight *= DECAY
  }
  const all = counts.reduce((sum, count) => sum + count, 0)
  const lacking = tooShort(calls, used)
  if (lacking) return lacking
  const shares = counts.map((count) => count / all)
  if (shares.some((share) => share === 1)) return notEnough('followers', 1, 2)
  const sums = patternDispersion(skill, shares, hours)
  return { enough: true as const, shares, calls, effectiveCalls: all ** 2 / squared, sums }
}

/**
 * The dispersion of followings of the same block, by window: Pearson's statistic divided by its degrees of
 * freedom is 1 on average when they are independent (Brier, Biometrika 67, 1980, 591-596). Two blocks of one
 * window make one of the next.
 */
function patternDispersion(
  { follows, followed }: SkillColumns,
  shares: Float64Array,
  { from, to, usable }: BaselineHours,
): DispersionSums[] {
  const slots = shares.length
  const inverse = shares.map((share) => (share > 0 ? 1 / share : 0))
  const degreesOfFreedom = shares.reduce((sum, share) => sum + (share > 0 ? 1 : 0), 0) - 1
  const counters = WINDOW_HOURS.map(() => new DispersionCounter(CORRELATION_PRIOR))
  const blocks = WINDOW_HOURS.map(() => new Float64Array(slots))
  for (let hour = from + ((to - from) % WINDOW_HOURS_MAX), i = 1; hour < to; hour += 1, i += 1) {
    if (usable[hour] === 1 && followed[hour]! > 0)
      for (let slot = 0; slot < slots; slot += 1) blocks[0]![slot]! += follows[hour * slots + slot]!
    for (let window = 0; window < blocks.length && i % WINDOW_HOURS[window]! === 0; window += 1)
      addBlock(counters[window]!, blocks[window]!, inverse, degreesOfFreedom, blocks[window + 1])
  }
  return counters.map((counter) => counter.sums())
}

/** Counts a block, adds it to the next longer one, and empties it. */
function addBlock(
  counter: DispersionCounter,
  block: Float64Array,
  inverseShares: Float64Array,
  degreesOfFreedom: number,
  longer: Float64Array | undefined,
): void {
  let [count, squares] = [0, 0]
  for (let slot = 0; slot < block.length; slot += 1) {
    const each = block[slot]!
    count += each
    squares += each * each * inverseShares[slot]!
    if (longer) longer[slot]! += each
    block[slot] = 0
  }
  // Pearson's statistic is Σ o² / (n p) - n. Rare followers in small blocks vary most.
  // Followers without a share do not count: those that come later must not change what was found before.
  if (count >= 2)
    counter.add(count - 1, (squares / count - count) / degreesOfFreedom, (degreesOfFreedom + 1) / count)
}

/**
 * Whether what follows a skill in a window differs from the baseline: the G-test of both, with G divided by
 * what the correlation of followings adds to it (Rao & Scott, Annals of Statistics 12, 1984, 46-60).
 * @returns null below 20 followings, or when fewer than two followers are expected five times
 */
export function testPattern(
  { follows, followers }: SkillColumns,
  baseline: PatternBaseline,
  window: number,
  { from, to }: { readonly from: number; readonly to: number },
): PatternTest | null {
  const slots = followers.length
  const counts = new Float64Array(slots)
  for (let i = from * slots; i < to * slots; i += 1) counts[i % slots]! += follows[i]!
  const calls = counts.reduce((sum, count) => sum + count, 0)
  if (calls < WINDOW_CALLS_MIN) return null
  const merged = mergeRare(counts, baseline.shares, calls)
  if (merged.counts.length < 2) return null
  const { g, degreesOfFreedom } = gTest([
    merged.counts,
    merged.shares.map((s) => s * baseline.effectiveCalls),
  ])
  const { clustered, correlation } = baseline.dispersions[window]!
  const corrected = g / (clustered + (calls - 1) * correlation)
  const slot = mostChanged(counts, baseline.shares, calls)
  return {
    p: chiSquaredAtLeast(corrected, degreesOfFreedom),
    isAbove: true,
    // The normal approximation of Fisher to a chi-squared variable.
    deviation: Math.max(0, Math.sqrt(2 * corrected) - Math.sqrt(2 * degreesOfFreedom - 1)),
    observed: counts[slot]! / calls,
    expected: baseline.shares[slot]!,
    calls,
    follower: followers[slot]!,
  }
}

/** Followers that are expected often enough, and all others as one, which joins the rarest when rare too. */
function mergeRare(counts: Float64Array, shares: Float64Array, calls: number) {
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]! || a - b)
  const frequent = order.filter((slot) => shares[slot]! * calls >= EXPECTED_MIN)
  const merged = {
    counts: frequent.map((slot) => counts[slot]!),
    shares: frequent.map((slot) => shares[slot]!),
  }
  const rest = {
    count: calls - merged.counts.reduce((sum, count) => sum + count, 0),
    share: 1 - merged.shares.reduce((sum, share) => sum + share, 0),
  }
  if (rest.share * calls >= EXPECTED_MIN) {
    merged.counts.push(rest.count)
    merged.shares.push(rest.share)
  } else if (merged.counts.length > 0) {
    merged.counts[merged.counts.length - 1]! += rest.count
    merged.shares[merged.shares.length - 1]! += rest.share
  }
  return merged
}

function mostChanged(counts: Float64Array, shares: Float64Array, calls: number): number {
  const change = (slot: number) => Math.abs(counts[slot]! / calls - shares[slot]!)
  return [...shares.keys()].reduce((best, slot) => (change(slot) > change(best) ? slot : best), 0)
}
