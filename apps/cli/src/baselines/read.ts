import type { Baseline, BaselineRun, Kind } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import { type Page, readPages } from '../pages.ts'

/** The baselines of a project, and the run that they are from. */
export interface Baselines {
  /** Null before the first run. */
  readonly run: BaselineRun | null
  readonly items: readonly Baseline[]
}

/** All baselines, or those of a kind or name, those of the most persons and calls first. */
export async function readBaselines(
  gateway: Endpoint,
  { kind, skill }: { kind?: Kind | undefined; skill?: string | undefined },
  signal: AbortSignal,
): Promise<Baselines> {
  const path = '/v1/baselines'
  const { run } = await demand<Page<Baseline> & Baselines>(gateway, `${path}?limit=1`, { signal })
  const query = { ...(kind !== undefined && { kind }), ...(skill !== undefined && { skill_name: skill }) }
  const keyOf = (each: Baseline) => `${each.kind} ${each.skill_name}`
  const { items } = await readPages<Baseline>(gateway, { path, keyOf, query }, signal)
  return { run, items: items.sort(byUse) }
}

function byUse(a: Baseline, b: Baseline): number {
  return b.total_users - a.total_users || b.total_invocations - a.total_invocations
}
