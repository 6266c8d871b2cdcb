import { byBegin, type CallLinks, type Context, isActivation, linkCalls, MAIN } from './call-links.ts'
import type { CallFacts, ResponseFacts } from './facts.ts'

/** One use with what belongs to it and to no use inside it. */
export interface AssignedUse {
  readonly activation: CallFacts
  /** The use that it is nested in. */
  parent: AssignedUse | undefined
  readonly nested: AssignedUse[]
  /** In the order of their begin; activations of nested uses are among them. */
  readonly calls: CallFacts[]
  readonly responses: ResponseFacts[]
}

export interface Assignment {
  /** In the order of their begin. */
  readonly uses: readonly AssignedUse[]
  /** Calls that belong to no use, in the order of their begin. */
  readonly outside: readonly CallFacts[]
  /** The uses that were active at an instant, in any agent context. */
  activeAt(atMs: number): ReadonlySet<AssignedUse>
}

/**
 * Which use each call and response belongs to: the innermost use that was active when it began, in the same
 * agent context. `docs/ARCHITECTURE.md` has the rule with examples. A function of the sets of calls and
 * responses, whatever their order (R4).
 * @param options `isTurn` is false for calls without a prompt: of these only named parents count
 */
export function assign(
  calls: readonly CallFacts[],
  responses: readonly ResponseFacts[],
  { isTurn }: { readonly isTurn: boolean },
): Assignment {
  const assigner = new Assigner(linkCalls(calls), isTurn)
  assigner.nestUses()
  const outside = assigner.addCalls()
  assigner.addResponses(responses)
  return { uses: assigner.uses, outside, activeAt: (atMs) => assigner.activeAt(atMs) }
}

class Assigner {
  readonly #links: CallLinks
  readonly #uses: ReadonlyMap<CallFacts, AssignedUse>
  /**
   * Skills and commands that became active, by context, in the order of their begin. Calls without a prompt
   * have none: how long a skill was active is not known without its turn.
   */
  readonly #active: ReadonlyMap<Context, readonly AssignedUse[]>

  constructor(links: CallLinks, isTurn: boolean) {
    this.#links = links
    this.#uses = new Map(links.calls.filter(isActivation).map((call) => [call, toUse(call)]))
    const active = isTurn ? this.uses.filter(becameActive) : []
    this.#active = Map.groupBy(active, ({ activation }) => links.contextOf(activation))
  }

  get uses(): readonly AssignedUse[] {
    return [...this.#uses.values()]
  }

  /** Named parents first: a parent that follows from the order of time must not close a circle with them. */
  nestUses(): void {
    for (const use of this.uses) use.parent = this.#useOf(this.#links.namedActivation(use.activation))
    for (const use of this.uses) {
      const parent = use.parent ?? this.#parentByTime(use.activation)
      use.parent = parent !== undefined && isInside(parent, use) ? undefined : parent
    }
    for (const use of this.uses) use.parent?.nested.push(use)
  }

  /** @returns the calls that belong to no use */
  addCalls(): CallFacts[] {
    const outside: CallFacts[] = []
    for (const call of this.#links.calls) {
      const owner = isActivation(call) ? this.#uses.get(call)!.parent : this.#ownerOf(call)
      const calls = owner?.calls ?? outside
      calls.push(call)
    }
    return outside
  }

  addResponses(responses: readonly ResponseFacts[]): void {
    for (const response of responses.toSorted(byRequest))
      this.#ownerOfResponse(response)?.responses.push(response)
  }

  activeAt(atMs: number): ReadonlySet<AssignedUse> {
    const isBefore = ({ activation }: AssignedUse) => activation.invoked_at_ms <= atMs
    const running = this.#links.calls.filter((call) => isAgentRunningAt(call, atMs))
    const contexts = [MAIN, ...running.map(({ invocation_id }) => invocation_id)]
    return new Set(contexts.flatMap((context) => withAncestors(this.#innermost(context, isBefore))))
  }

  /** What a typed command causes is nested in it; a skill that the agent chose ends the one before it. */
  #parentByTime(activation: CallFacts): AssignedUse | undefined {
    const context = this.#links.contextOf(activation)
    const { kind, trigger } = activation
    if (kind === 'agent' || trigger === 'nested') return this.#innermost(context, isBegunBefore(activation))
    const isTyped = kind === 'command' && trigger !== 'agent'
    if (isTyped) return this.#useOfAgent(context)
    const isCommandBefore = (use: AssignedUse) =>
      use.activation.kind === 'command' && isBegunBefore(activation)(use)
    return this.#innermost(context, isCommandBefore)
  }

  #ownerOf(call: CallFacts): AssignedUse | undefined {
    const named = this.#useOf(this.#links.namedActivation(call))
    return named ?? this.#innermost(this.#links.contextOf(call), isBegunBefore(call))
  }

  /** A response that asks for a skill began before it, in the same millisecond at the latest. */
  #ownerOfResponse({ parent_invocation_id, requested_at_ms }: ResponseFacts): AssignedUse | undefined {
    const isBefore = ({ activation }: AssignedUse) => activation.invoked_at_ms < requested_at_ms
    if (parent_invocation_id === null) return this.#innermost(MAIN, isBefore)
    const parent = this.#links.call(parent_invocation_id)
    if (parent === undefined) return undefined
    if (parent.kind === 'agent') return this.#innermost(parent.invocation_id, isBefore)
    return isActivation(parent) ? this.#useOf(parent) : this.#ownerOf(parent)
  }

  /** The skill or command that was activated last, else the use of the context's sub-agent. */
  #innermost(context: Context, matches: (use: AssignedUse) => boolean): AssignedUse | undefined {
    return this.#active.get(context)?.findLast(matches) ?? this.#useOfAgent(context)
  }

  #useOfAgent(context: Context): AssignedUse | undefined {
    return this.#useOf(this.#links.call(context))
  }

  #useOf(call: CallFacts | undefined): AssignedUse | undefined {
    return call && this.#uses.get(call)
  }
}

function toUse(activation: CallFacts): AssignedUse {
  return { activation, parent: undefined, nested: [], calls: [], responses: [] }
}

/** A sub-agent is active in a context of its own. What was refused or failed caused nothing. */
function becameActive({ activation: { kind, outcome } }: AssignedUse): boolean {
  return kind !== 'agent' && outcome !== 'rejected' && outcome !== 'failed'
}

function isBegunBefore(call: CallFacts): (use: AssignedUse) => boolean {
  return ({ activation }) => activation !== call && byBegin(activation, call) < 0
}

function isAgentRunningAt({ kind, invoked_at_ms, ended_at_ms }: CallFacts, atMs: number): boolean {
  return kind === 'agent' && invoked_at_ms <= atMs && (ended_at_ms ?? atMs) >= atMs
}

function isInside(use: AssignedUse, outer: AssignedUse): boolean {
  return withAncestors(use).includes(outer)
}

/** A use, the use around it, and so on. */
function withAncestors(use: AssignedUse | undefined): AssignedUse[] {
  const all: AssignedUse[] = []
  for (let each = use; each !== undefined; each = each.parent) all.push(each)
  return all
}

function byRequest(a: ResponseFacts, b: ResponseFacts): number {
  return a.requested_at_ms - b.requested_at_ms || (a.request_id < b.request_id ? -1 : 1)
}
