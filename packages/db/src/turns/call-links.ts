import type { CallFacts } from './facts.ts'

/**
 * Where a call was made: in the main conversation (''), in the sub-agent of a call (its id), or in a
 * sub-agent whose call is unknown.
 */
export type Context = string
export const MAIN: Context = ''

/** What the calls of one turn say about each other. Circles of parents are cut. */
export interface CallLinks {
  /** In the order of their begin. */
  readonly calls: readonly CallFacts[]
  call(invocationId: string): CallFacts | undefined
  contextOf(call: CallFacts): Context
  /** The skill or command that a call names as its parent, itself or through tools. */
  namedActivation(call: CallFacts): CallFacts | undefined
}

/** Kinds whose calls are activations of a use. */
export function isActivation({ kind }: Pick<CallFacts, 'kind'>): boolean {
  return kind === 'skill' || kind === 'command' || kind === 'agent'
}

export function linkCalls(unordered: readonly CallFacts[]): CallLinks {
  const calls = unordered.toSorted(byBegin)
  const byId = new Map(calls.map((call) => [call.invocation_id, call]))
  const parents = parentsOf(calls, byId)
  const agentCalls = callsOfAgents(calls, parents)
  const contexts = new Map<CallFacts, Context>()
  const named = new Map<CallFacts, CallFacts | undefined>()
  for (const call of parents.keys()) {
    const parent = parents.get(call)
    const isOfAgent = parent?.kind === 'agent'
    contexts.set(call, parent === undefined ? ownContext(call, agentCalls) : contextInside(parent, contexts))
    named.set(
      call,
      parent === undefined || isOfAgent ? undefined : isActivation(parent) ? parent : named.get(parent),
    )
  }
  return {
    calls,
    call: (id) => byId.get(id),
    contextOf: (call) => contexts.get(call)!,
    namedActivation: (call) => named.get(call),
  }
}

/** Each call with its parent, parents before the calls inside them. */
function parentsOf(
  calls: readonly CallFacts[],
  byId: ReadonlyMap<string, CallFacts>,
): ReadonlyMap<CallFacts, CallFacts | undefined> {
  const parents = new Map<CallFacts, CallFacts | undefined>()
  for (const call of calls) {
    const path = new Set<CallFacts>()
    let next: CallFacts | undefined = call
    for (; next && !parents.has(next) && !path.has(next); next = byId.get(next.parent_invocation_id ?? ''))
      path.add(next)
    // The path ends at a call that is placed, at one without a parent, or where a circle closes.
    let parent = next !== undefined && parents.has(next) ? next : undefined
    for (const each of [...path].reverse()) {
      parents.set(each, parent)
      parent = each
    }
  }
  return parents
}

/** The calls that started sub-agents, by the id of the sub-agent, as far as calls name both. */
function callsOfAgents(
  calls: readonly CallFacts[],
  parents: ReadonlyMap<CallFacts, CallFacts | undefined>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const call of calls) {
    const parent = parents.get(call)
    if (call.agent_id !== null && parent?.kind === 'agent') found.set(call.agent_id, parent.invocation_id)
  }
  return found
}

function contextInside(parent: CallFacts, contexts: ReadonlyMap<CallFacts, Context>): Context {
  return parent.kind === 'agent' ? parent.invocation_id : contexts.get(parent)!
}

function ownContext(
  { agent_id, parent_invocation_id }: CallFacts,
  agentCalls: ReadonlyMap<string, string>,
): Context {
  if (agent_id !== null) return agentCalls.get(agent_id) ?? `unknown ${agent_id}`
  return parent_invocation_id === null ? MAIN : `unknown ${parent_invocation_id}`
}

/** The order of calls: by their begin, those of one millisecond by their id. */
export function byBegin(a: CallFacts, b: CallFacts): number {
  return a.invoked_at_ms - b.invoked_at_ms || (a.invocation_id < b.invocation_id ? -1 : 1)
}
