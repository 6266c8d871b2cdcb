import type { CallCounts, UsageCounts } from '@skillwatch/schema'
import { floorTo, HOUR_MS } from '../time.ts'
import { type CallFacts, type ResponseFacts, skillKey } from './facts.ts'

/** What sums are kept apart by: the hour, and labels that are empty where they are unknown. */
export interface WorkLabels {
  readonly hour_at_ms: number
  readonly agent_name: string
  readonly model: string
  readonly repository: string
  readonly branch: string
  readonly cost_source: 'reported' | 'none'
}

type Counts = CallCounts & UsageCounts

/** Sums over calls and responses of one hour with the same labels. */
export type WorkSums = WorkLabels & Counts
type Sum = WorkLabels & Record<keyof Counts, number>

export const CALL_COUNTS = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls'] as const
export const USAGE_COUNTS = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const
const COUNTS = [...CALL_COUNTS, ...USAGE_COUNTS]

/** The sums of calls and responses, in the order of their hour and labels. */
export function workOf(calls: readonly CallFacts[], responses: readonly ResponseFacts[]): WorkSums[] {
  const sums = new WorkBuilder()
  for (const { call, isRetried } of withRetries(calls)) {
    const sum = sums.of(call, call.invoked_at_ms, 'none')
    sum.calls++
    if (call.outcome === 'failed') sum.failed_calls++
    if (call.outcome === 'rejected') sum.rejected_calls++
    if (isRetried) sum.retried_calls++
  }
  for (const response of responses) {
    const sum = sums.of(response, response.requested_at_ms, response.cost_source)
    for (const count of USAGE_COUNTS) sum[count] += response[count]
  }
  return sums.inOrder()
}

/** One item for each hour and labels, in their order. */
export function addWork(all: readonly WorkSums[]): WorkSums[] {
  const sums = new WorkBuilder()
  for (const each of all) {
    const sum = sums.of(each, each.hour_at_ms, each.cost_source)
    for (const count of COUNTS) sum[count] += each[count]
  }
  return sums.inOrder()
}

/** Sums by hour and labels. */
class WorkBuilder {
  readonly #sums = new Map<string, Sum>()

  of(places: Places, atMs: number, cost_source: WorkLabels['cost_source']): Sum {
    const hour_at_ms = floorTo(atMs, HOUR_MS)
    const { agent_name, model, repository, branch } = places
    const key = [hour_at_ms, agent_name, model, repository, branch, cost_source].join('\0')
    const known = this.#sums.get(key)
    if (known !== undefined) return known
    const sum: Sum = {
      hour_at_ms,
      agent_name: agent_name ?? '',
      model: model ?? '',
      repository: repository ?? '',
      branch: branch ?? '',
      cost_source,
      calls: 0,
      failed_calls: 0,
      rejected_calls: 0,
      retried_calls: 0,
      request_count: 0,
      input_tokens: 0,
      output_tokens: 0,
      cache_read_tokens: 0,
      cache_creation_tokens: 0,
      cost_micro_usd: 0,
    }
    this.#sums.set(key, sum)
    return sum
  }

  inOrder(): WorkSums[] {
    return [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
  }
}

export function totalOf(work: readonly WorkSums[], count: keyof Counts): number {
  return work.reduce((total, each) => total + each[count], 0)
}

/** The model that wrote most. */
export function mainModel(work: readonly WorkSums[]): string | undefined {
  const tokens = new Map<string, number>()
  for (const { model, output_tokens, request_count } of work) {
    if (model !== '' && request_count > 0) tokens.set(model, (tokens.get(model) ?? 0) + output_tokens)
  }
  return [...tokens].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0]
}

export function labelsOf({
  hour_at_ms,
  agent_name,
  model,
  repository,
  branch,
  cost_source,
}: WorkLabels): WorkLabels {
  return { hour_at_ms, agent_name, model, repository, branch, cost_source }
}

/** A call is retried when the call of the same tool before it failed. */
function withRetries(calls: readonly CallFacts[]): { call: CallFacts; isRetried: boolean }[] {
  const previous = new Map<string, CallFacts>()
  const inOrder = calls.toSorted(
    (a, b) => a.invoked_at_ms - b.invoked_at_ms || (a.invocation_id < b.invocation_id ? -1 : 1),
  )
  return inOrder.map((call) => {
    const tool = skillKey(call)
    const isRetried = previous.get(tool)?.outcome === 'failed'
    previous.set(tool, call)
    return { call, isRetried }
  })
}

type Places = Pick<CallFacts, 'agent_name' | 'model' | 'repository' | 'branch'>
