import type { UseSums } from '@skillwatch/schema'
import type { AssignedUse, Assignment } from './assign.ts'
import type { DerivedUse } from './derived.ts'
import { skillKey } from './facts.ts'
import { addWork, mainModel, totalOf, type WorkSums, workOf } from './work-sums.ts'

/** What the turn says about a use. */
export type Surroundings = Pick<
  DerivedUse,
  'turn_ended' | 'interrupted' | 'used_again' | 'repository' | 'branch'
>

/** The rows of assigned uses, in their order. */
export function deriveUsesOf(
  { uses }: Assignment,
  surroundingsOf: (use: AssignedUse) => Surroundings,
): DerivedUse[] {
  const caused = new Map<AssignedUse, Caused>()
  for (const use of innermostFirst(uses)) {
    const nested = use.nested.map((each) => caused.get(each)!)
    caused.set(use, causedBy(use, nested))
  }
  return uses.map((use) => toDerived(use, caused.get(use)!, surroundingsOf(use)))
}

/** What a use caused, by itself and with the uses nested in it. */
interface Caused {
  readonly own: readonly WorkSums[]
  readonly withNested: readonly WorkSums[]
  readonly ownEndMs: number
  readonly endMs: number
}

function causedBy({ activation, calls, responses }: AssignedUse, nested: readonly Caused[]): Caused {
  const own = workOf(calls, responses)
  const ownEndMs = [
    ...[activation, ...calls].map(({ invoked_at_ms, ended_at_ms }) => ended_at_ms ?? invoked_at_ms),
    ...responses.map(({ requested_at_ms }) => requested_at_ms),
  ].reduce((a, b) => Math.max(a, b))
  return {
    own,
    withNested: addWork([own, ...nested.map(({ withNested }) => withNested)].flat()),
    ownEndMs,
    endMs: nested.reduce((end, each) => Math.max(end, each.endMs), ownEndMs),
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

function toDerived(use: AssignedUse, caused: Caused, surroundings: Surroundings): DerivedUse {
  const { activation, parent, responses } = use
  const placeOf = (name: 'repository' | 'branch') =>
    activation[name] ?? responses.find((each) => each[name] !== null)?.[name] ?? surroundings[name]
  return {
    use_id: activation.invocation_id,
    kind: activation.kind,
    skill_name: activation.skill_name,
    parent_use_id: parent?.activation.invocation_id ?? null,
    trigger: activation.trigger,
    outcome: activation.outcome,
    began_at_ms: activation.invoked_at_ms,
    ended_at_ms: caused.endMs,
    ...surroundings,
    is_outermost: isInsideOfSameSkill(use) ? 0 : 1,
    agent_name: activation.agent_name,
    repository: placeOf('repository'),
    branch: placeOf('branch'),
    model: mainModel(caused.own) ?? null,
    ...sumsOf(caused.own, caused.ownEndMs - activation.invoked_at_ms),
    ...withNestedSuffix(sumsOf(caused.withNested, caused.endMs - activation.invoked_at_ms)),
    work: JSON.stringify(caused.own),
    work_with_nested: JSON.stringify(caused.withNested),
  }
}

function sumsOf(work: readonly WorkSums[], work_ms: number): UseSums {
  return {
    calls: totalOf(work, 'calls'),
    failed_calls: totalOf(work, 'failed_calls'),
    rejected_calls: totalOf(work, 'rejected_calls'),
    retried_calls: totalOf(work, 'retried_calls'),
    work_ms,
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

function isInsideOfSameSkill({ activation, parent }: AssignedUse): boolean {
  for (let each = parent; each !== undefined; each = each.parent) {
    if (skillKey(each.activation) === skillKey(activation)) return true
  }
  return false
}
