import type { Dependency, DependencySample, Transition } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import type { Page } from '../pages.ts'
import type { AskedSkill, DepsOptions } from './options.ts'

/** The first items of a list, and what they were computed from: null when nothing was computed yet. */
export interface Sampled<Item> extends Page<Item> {
  readonly sample: DependencySample | null
}

/** What is used together, and what follows what; of one skill, what comes before it is apart. */
export interface Dependencies {
  readonly together: Sampled<Dependency>
  /** After the skill; without one, all transitions. */
  readonly next: Sampled<Transition>
  readonly before: Sampled<Transition> | undefined
}

type Query = Pick<DepsOptions, 'unit' | 'minLift' | 'limit'>

export async function readDependencies(
  gateway: Endpoint,
  asked: AskedSkill | undefined,
  { unit, minLift, limit }: Query,
  signal: AbortSignal,
): Promise<Dependencies> {
  const list = <Item>(path: string, filter: Record<string, string>): Promise<Sampled<Item>> => {
    const parameters = new URLSearchParams({
      ...{ unit, limit: String(limit), ...filter },
      ...(minLift !== undefined && { min_lift: String(minLift) }),
    })
    return demand(gateway, `${path}?${parameters}`, { signal })
  }
  const [together, next, before] = await Promise.all([
    list<Dependency>('/v1/dependencies', filterOf(asked, 'skill_name', 'kind')),
    list<Transition>('/v1/transitions', filterOf(asked, 'from', 'from_kind')),
    asked && list<Transition>('/v1/transitions', filterOf(asked, 'to', 'to_kind')),
  ])
  return { together, next, before }
}

function filterOf(asked: AskedSkill | undefined, name: string, kind: string): Record<string, string> {
  if (asked === undefined) return {}
  return { [name]: asked.skill_name, ...(asked.kind !== undefined && { [kind]: asked.kind }) }
}
