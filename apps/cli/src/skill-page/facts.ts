import type { Use } from '@skillwatch/schema'
import { totalTokens } from '../sessions/tokens.ts'
import { isEstimated } from '../usage/numbers.ts'
import { withNested } from '../uses/work.ts'

/** A number of uses, and the number of those among them that are meant. */
export interface Share {
  readonly count: number
  readonly of: number
}

/** The middle value of uses; undefined when it is known of none. */
export interface Median {
  readonly value: number
  /** Uses whose value is known. */
  readonly of: number
}

/** What single uses say, and sums do not. */
export interface UseFacts {
  readonly interrupted: Share
  /** Of uses whose session has a next turn. */
  readonly usedAgain: Share
  /** Uses that failed themselves, or of whose calls one failed. */
  readonly failing: Share
  /** Uses whose turn is not over; their work may grow. The medians and the longest time leave them out. */
  readonly unsettled: number
  readonly calls: Median | undefined
  readonly workMs: Median | undefined
  readonly tokens: Median | undefined
  readonly costUsd: Median | undefined
  readonly isCostEstimated: boolean
  readonly longestMs: number | undefined
}

export function factsOf(uses: readonly Use[]): UseFacts {
  const followed = uses.filter(({ used_again }) => used_again !== null)
  const works = uses.filter(({ settled }) => settled).map(withNested)
  const times = works.map(({ work_ms }) => work_ms)
  const withTokens = works.filter(({ responses }) => responses > 0)
  const isFailing = (use: Use) => use.outcome === 'failed' || use.failed_calls_with_nested > 0
  return {
    interrupted: share(uses, ({ interrupted }) => interrupted),
    usedAgain: share(followed, ({ used_again }) => used_again === true),
    failing: share(uses, isFailing),
    unsettled: uses.length - works.length,
    calls: median(works.map(({ calls }) => calls)),
    workMs: median(times),
    tokens: median(withTokens.map(totalTokens)),
    costUsd: median(withTokens.flatMap(({ cost_usd }) => cost_usd ?? [])),
    isCostEstimated: withTokens.some(({ cost_source }) => isEstimated(cost_source)),
    longestMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
  }
}

function share(uses: readonly Use[], isMeant: (use: Use) => boolean): Share {
  return { count: uses.filter(isMeant).length, of: uses.length }
}

/** Of an even number of values the mean of the two in the middle. */
function median(values: readonly number[]): Median | undefined {
  const inOrder = values.toSorted((a, b) => a - b)
  const [low, high] = [inOrder[Math.floor((values.length - 1) / 2)], inOrder[Math.floor(values.length / 2)]]
  return low === undefined || high === undefined ? undefined : { value: (low + high) / 2, of: values.length }
}
