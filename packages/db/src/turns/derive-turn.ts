import type { Kind, SkillUseTable, TurnEnd, TurnTable, UseSums } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import { type AssignedUse, type Assignment, assign } from './assign.ts'
import { type CallFacts, skillKey, type TurnFacts } from './facts.ts'
import { addModelSums, type ModelSums, mainModel, sumsOfResponses } from './model-sums.ts'

/** A turn as its row, without the keys that the database and the caller know. */
export type DerivedTurn = Omit<Selectable<TurnTable>, 'row_id' | 'project_id' | 'session_id' | 'prompt_id'>

/** The same for a use. */
export type DerivedUse = Omit<Selectable<SkillUseTable>, 'row_id' | 'project_id' | 'session_id' | 'prompt_id'>

/**
 * A turn and its uses: a pure function of what is known of them, whatever its order (R4).
 * @returns `turn` is undefined when nothing of it is known any more
 */
export function deriveTurn(facts: TurnFacts): { turn: DerivedTurn | undefined; uses: DerivedUse[] } {
  const assignment = assign(facts.calls, facts.responses, { isTurn: true })
  const turn = turnOf(facts, assignment)
  if (turn === undefined) return { turn, uses: [] }
  const interrupted = interruptedUses(facts, assignment)
  return {
    turn,
    uses: usesOf(assignment, (use) => ({
      turn_ended: turn.ended_by === null ? 0 : 1,
      interrupted: interrupted.has(use) ? 1 : 0,
      used_again: facts.next === undefined ? null : facts.next.skills.has(skillKey(use.activation)) ? 1 : 0,
      repository: turn.repository,
      branch: turn.branch,
    })),
  }
}

/** The uses of calls without a prompt, as far as calls name their parents. */
export function deriveUses(calls: readonly CallFacts[]): DerivedUse[] {
  return usesOf(assign(calls, [], { isTurn: false }), ({ activation: { outcome, repository, branch } }) => ({
    turn_ended: outcome === 'running' ? 0 : 1,
    interrupted: 0,
    used_again: null,
    repository,
    branch,
  }))
}

function turnOf(facts: TurnFacts, { uses }: Assignment): DerivedTurn | undefined {
  const { prompt, calls, responses } = facts
  const began_at_ms = beginOf(facts)
  if (began_at_ms === undefined) return undefined
  const places = [prompt ?? {}, ...byTime(responses), ...byTime(calls)] as Partial<CallFacts>[]
  const first = <Name extends keyof CallFacts>(name: Name) =>
    (places.find((place) => (place[name] ?? null) !== null)?.[name] as string | undefined) ?? null
  return {
    began_at_ms,
    last_active_at_ms: latest([began_at_ms, prompt?.interrupted_at_ms ?? 0, ...ends(calls, responses)]),
    ended_by: endOf(facts, began_at_ms),
    agent_name: first('agent_name'),
    agent_version: first('agent_version'),
    repository: first('repository'),
    branch: first('branch'),
    uses: uses.length,
    ...callCounts(calls),
    calls_by_kind: JSON.stringify(callsByKind(calls)),
    models: JSON.stringify(sumsOfResponses(responses)),
  }
}

/** When the turn began; of a prompt that nobody saw begin, when the first of it was seen. */
export function beginOf({
  prompt,
  calls,
  responses,
}: Pick<TurnFacts, 'prompt' | 'calls' | 'responses'>): number | undefined {
  if (prompt?.began_at_ms != null) return prompt.began_at_ms
  const begins = [
    ...calls.map(({ invoked_at_ms }) => invoked_at_ms),
    ...responses.map(({ requested_at_ms }) => requested_at_ms),
  ]
  if (begins.length > 0) return begins.reduce((a, b) => Math.min(a, b))
  return prompt?.interrupted_at_ms ?? undefined
}

/** What ended the turn first. */
function endOf(facts: TurnFacts, beganAtMs: number): TurnEnd | null {
  const { next, session_ended_at_ms: end } = facts
  if (interruptedAtMs(facts) !== undefined) return 'interruption'
  const isInTurn = end !== undefined && end >= beganAtMs && (next === undefined || end < next.began_at_ms)
  if (isInTurn) return 'session_end'
  return next === undefined ? null : 'prompt'
}

/** When the user stopped the agent, as the prompt or a call that was stopped says. */
function interruptedAtMs({ prompt, calls }: TurnFacts): number | undefined {
  const stopped = calls.filter(({ error_type }) => error_type === 'user_interrupted')
  const instants = [
    ...(prompt?.interrupted_at_ms == null ? [] : [prompt.interrupted_at_ms]),
    ...stopped.map(({ ended_at_ms, invoked_at_ms }) => ended_at_ms ?? invoked_at_ms),
  ]
  return instants.length === 0 ? undefined : latest(instants)
}

function interruptedUses(facts: TurnFacts, assignment: Assignment): ReadonlySet<AssignedUse> {
  const atMs = interruptedAtMs(facts)
  return atMs === undefined ? new Set() : assignment.activeAt(atMs)
}

type Surroundings = Pick<DerivedUse, 'turn_ended' | 'interrupted' | 'used_again' | 'repository' | 'branch'>

function usesOf({ uses }: Assignment, surroundingsOf: (use: AssignedUse) => Surroundings): DerivedUse[] {
  const work = new Map<AssignedUse, Work>()
  for (const use of innermostFirst(uses)) work.set(use, workOf(use, use.nested.map((each) => work.get(each)!)))
  return uses.map((use) => toDerived(use, work.get(use)!, surroundingsOf(use)))
}

/** What a use caused, by itself and with nested uses. */
interface Work {
  readonly own: UseSums
  readonly withNested: UseSums
  readonly models: readonly ModelSums[]
  readonly modelsWithNested: readonly ModelSums[]
  readonly ended_at_ms: number
}

function workOf({ activation, calls, responses }: AssignedUse, nested: readonly Work[]): Work {
  const beganAtMs = activation.invoked_at_ms
  const ownEnd = latest(ends([activation, ...calls], responses))
  const ended_at_ms = nested.reduce((end, each) => Math.max(end, each.ended_at_ms), ownEnd)
  const counts = callCounts(calls)
  const models = sumsOfResponses(responses)
  const all = [counts, ...nested.map(({ withNested }) => withNested)]
  const sum = (name: keyof typeof counts) => all.reduce((total, each) => total + each[name], 0)
  return {
    own: { ...counts, work_ms: ownEnd - beganAtMs },
    withNested: {
      calls: sum('calls'),
      failed_calls: sum('failed_calls'),
      rejected_calls: sum('rejected_calls'),
      retried_calls: sum('retried_calls'),
      work_ms: ended_at_ms - beganAtMs,
    },
    models,
    modelsWithNested: addModelSums([models, ...nested.map((each) => each.modelsWithNested)].flat()),
    ended_at_ms,
  }
}

function toDerived(use: AssignedUse, work: Work, surroundings: Surroundings): DerivedUse {
  const { activation, parent, responses } = use
  const first = <Name extends 'repository' | 'branch'>(name: Name) =>
    activation[name] ?? responses.find((each) => each[name] !== null)?.[name] ?? surroundings[name]
  return {
    use_id: activation.invocation_id,
    kind: activation.kind,
    skill_name: activation.skill_name,
    parent_use_id: parent?.activation.invocation_id ?? null,
    trigger: activation.trigger,
    outcome: activation.outcome,
    began_at_ms: activation.invoked_at_ms,
    ended_at_ms: work.ended_at_ms,
    ...surroundings,
    is_outermost: isInsideOfSameSkill(use) ? 0 : 1,
    agent_name: activation.agent_name,
    repository: first('repository'),
    branch: first('branch'),
    model: mainModel(work.models) ?? null,
    ...work.own,
    ...withNestedSuffix(work.withNested),
    models: JSON.stringify(work.models),
    models_with_nested: JSON.stringify(work.modelsWithNested),
  }
}

function withNestedSuffix(sums: UseSums) {
  return {
    calls_with_nested: sums.calls,
    failed_calls_with_nested: sums.failed_calls,
    rejected_calls_with_nested: sums.rejected_calls,
    retried_calls_with_nested: sums.retried_calls,
    work_ms_with_nested: sums.work_ms,
  }
}

/** Each use after those that are nested in it, however deep they are. */
function innermostFirst(uses: readonly AssignedUse[]): AssignedUse[] {
  const order: AssignedUse[] = []
  const open = uses.filter(({ parent }) => parent === undefined)
  for (let use = open.pop(); use; use = open.pop()) {
    order.push(use)
    open.push(...use.nested)
  }
  return order.reverse()
}

function isInsideOfSameSkill({ activation, parent }: AssignedUse): boolean {
  for (let each = parent; each !== undefined; each = each.parent) {
    if (skillKey(each.activation) === skillKey(activation)) return true
  }
  return false
}

/** @param calls in any order */
function callCounts(calls: readonly CallFacts[]) {
  const countOf = (outcome: CallFacts['outcome']) => calls.filter((call) => call.outcome === outcome).length
  return {
    calls: calls.length,
    failed_calls: countOf('failed'),
    rejected_calls: countOf('rejected'),
    retried_calls: retriedCount(calls),
  }
}

/** Calls whose predecessor of the same tool failed. */
function retriedCount(calls: readonly CallFacts[]): number {
  const previous = new Map<string, CallFacts>()
  let count = 0
  for (const call of byTime(calls)) {
    if (previous.get(skillKey(call))?.outcome === 'failed') count++
    previous.set(skillKey(call), call)
  }
  return count
}

function callsByKind(calls: readonly CallFacts[]): Partial<Record<Kind, { calls: number; failed_calls: number }>> {
  const byKind: Partial<Record<Kind, { calls: number; failed_calls: number }>> = {}
  for (const { kind, outcome } of calls.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))) {
    const counts = (byKind[kind] ??= { calls: 0, failed_calls: 0 })
    counts.calls++
    if (outcome === 'failed') counts.failed_calls++
  }
  return byKind
}

function ends(
  calls: readonly CallFacts[],
  responses: readonly { readonly requested_at_ms: number }[],
): number[] {
  return [
    ...calls.map(({ invoked_at_ms, ended_at_ms }) => ended_at_ms ?? invoked_at_ms),
    ...responses.map(({ requested_at_ms }) => requested_at_ms),
  ]
}

function latest(instants: readonly number[]): number {
  return instants.reduce((a, b) => Math.max(a, b))
}

type Timed = { readonly invocation_id?: string; readonly request_id?: string } & (
  | { readonly invoked_at_ms: number }
  | { readonly requested_at_ms: number }
)

/** In the order of time, and those of one millisecond in the order of their ids. */
function byTime<Each extends Timed>(all: readonly Each[]): Each[] {
  const at = (each: Timed) => ('invoked_at_ms' in each ? each.invoked_at_ms : each.requested_at_ms)
  const id = (each: Timed) => each.invocation_id ?? each.request_id ?? ''
  return all.toSorted((a, b) => at(a) - at(b) || (id(a) < id(b) ? -1 : 1))
}
