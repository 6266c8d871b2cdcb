export type { Answer, NotEnoughData } from './answer.ts'
export { type Amount, type AmountComparison, compareAmounts } from './rates/compare-amounts.ts'
export { compareDurations, type DurationComparison } from './rates/compare-durations.ts'
export {
  compareShares,
  effectiveShare,
  type SessionShares,
  type ShareComparison,
} from './rates/compare-shares.ts'
export { compareStrata, type StratifiedComparison, type Stratum } from './rates/compare-strata.ts'
export { qValues, qValuesOfDependentTests } from './rates/false-discovery.ts'
export { type Interval, wilsonInterval } from './rates/intervals.ts'
export type { Share } from './share.ts'
