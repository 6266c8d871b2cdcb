import { createProject, createRecorder, findProject, migrateUp, openWriter } from '@skillwatch/db'
import { type Observation, parseObservation } from '@skillwatch/schema'
import { fixedClock, NOW_MS } from '@skillwatch/testkit'

export const HOUR_MS = 3_600_000
const DAYS = 21

/** What a skill does in an hour. */
interface Behaviour {
  readonly calls: number
  readonly rate: number
  readonly execution_ms: number
  /** Of three calls, what follows them in their sessions; none by default. */
  readonly followers?: readonly string[]
}

/** How a skill differs in the hours before the fixed time, from `from` hours to `to` hours before it. */
interface Fault extends Partial<Behaviour> {
  readonly from: number
  readonly to: number
}

/** Numerical Recipes' generator: the same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Three weeks of a skill up to the fixed time, with a fault. */
export function historyOf(skill_name: string, usual: Behaviour, fault?: Fault): Observation[] {
  const random = createRandom(skill_name.length * 7_919)
  return Array.from({ length: DAYS * 24 }, (_, index) => DAYS * 24 - index).flatMap((hoursBefore) => {
    const isFaulty = fault !== undefined && hoursBefore <= fault.from && hoursBefore > fault.to
    return hourOf(skill_name, hoursBefore, isFaulty ? { ...usual, ...fault } : usual, random)
  })
}

function hourOf(
  skill_name: string,
  hoursBefore: number,
  { calls, rate, execution_ms, followers = [] }: Behaviour,
  random: () => number,
): Observation[] {
  return Array.from({ length: calls }, (_, index) => {
    const id = `${skill_name}-${hoursBefore}-${index}`
    const invoked_at = NOW_MS - hoursBefore * HOUR_MS + Math.floor(random() * 0.9 * HOUR_MS)
    const call = {
      invocation_id: id,
      skill_name,
      session_id: id,
      invoked_at,
      outcome: random() < rate ? ('completed' as const) : ('failed' as const),
      execution_ms: execution_ms * (0.5 + random()),
    }
    const next = followers[Math.floor(random() * followers.length)]
    if (next === undefined) return [call]
    const after = { invocation_id: `${id}-next`, skill_name: next, kind: 'tool' as const }
    return [
      call,
      { ...after, session_id: id, invoked_at: invoked_at + 60_000, outcome: 'completed' as const },
    ]
  }).flat()
}

/** Records observations into a database, which is made when it does not exist. */
export async function recordInto(
  databaseUrl: string,
  observations: readonly Observation[],
  project = 'default',
): Promise<void> {
  using writer = openWriter(databaseUrl)
  migrateUp(writer, NOW_MS)
  const { project_id } = findProject(writer, project) ?? createProject(writer, project, NOW_MS)
  await using recorder = createRecorder(writer, { queueItemsMax: 100_000, now: fixedClock })
  await recorder.record(
    project_id,
    observations.map((observation) => {
      const result = parseObservation(observation, NOW_MS, () => crypto.randomUUID())
      if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
      return result.observation
    }),
  )
}
