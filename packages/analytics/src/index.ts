export { type Amount, type AmountComparison, compareAmounts } from './rates/compare-amounts.ts'
export {
  compareShares,
  effectiveShare,
  type SessionShares,
  type ShareComparison,
} from './rates/compare-shares.ts'
export { qValues, qValuesOfDependentTests } from './rates/false-discovery.ts'
export { type Interval, wilsonInterval } from './rates/intervals.ts'
export type { Share } from './share.ts'
