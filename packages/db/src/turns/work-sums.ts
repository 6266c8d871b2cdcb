import type { CallCounts, UsageCounts } from '@skillwatch/schema'
import { floorTo, HOUR_MS } from '../time.ts'
import type { CallFacts, ResponseFacts } from './facts.ts'

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
  return addWork([...callWork(calls), ...responses.map(responseWork)])
}

/** One item for each hour and labels, in their order. */
export function addWork(all: readonly WorkSums[]): WorkSums[] {
  const sums = new Map<string, WorkLabels & Record<keyof Counts, number>>()
  for (const each of all) {
    const labels = labelsOf(each)
    const key = Object.values(labels).join('\0')
    const sum = sums.get(key) ?? { ...labels, ...noCounts() }
    for (const count of COUNTS) sum[count] += each[count]
    sums.set(key, sum)
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
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

function noCounts(): Record<keyof Counts, number> {
  return Object.fromEntries(COUNTS.map((count) => [count, 0])) as Record<keyof Counts, number>
}

/** A call is retried when the call of the same tool before it failed. */
function callWork(calls: readonly CallFacts[]): WorkSums[] {
  const previous = new Map<string, CallFacts>()
  const inOrder = calls.toSorted(
    (a, b) => a.invoked_at_ms - b.invoked_at_ms || (a.invocation_id < b.invocation_id ? -1 : 1),
  )
  return inOrder.map((call) => {
    const tool = `${call.kind}\0${call.skill_name}`
    const isRetried = previous.get(tool)?.outcome === 'failed'
    previous.set(tool, call)
    return {
      ...unknownAsEmpty(call, call.invoked_at_ms),
      cost_source: 'none',
      ...noCounts(),
      calls: 1,
      failed_calls: call.outcome === 'failed' ? 1 : 0,
      rejected_calls: call.outcome === 'rejected' ? 1 : 0,
      retried_calls: isRetried ? 1 : 0,
    }
  })
}

function responseWork(response: ResponseFacts): WorkSums {
  const counts = Object.fromEntries(USAGE_COUNTS.map((count) => [count, response[count]]))
  return {
    ...unknownAsEmpty(response, response.requested_at_ms),
    cost_source: response.cost_source,
    ...noCounts(),
    ...(counts as unknown as UsageCounts),
  }
}

type Places = Pick<CallFacts, 'agent_name' | 'model' | 'repository' | 'branch'>

function unknownAsEmpty({ agent_name, model, repository, branch }: Places, atMs: number) {
  return {
    hour_at_ms: floorTo(atMs, HOUR_MS),
    agent_name: agent_name ?? '',
    model: model ?? '',
    repository: repository ?? '',
    branch: branch ?? '',
  }
}
