import { deriveTurn, deriveUses } from './derive-turn.ts'
import type { DerivedTurn, DerivedUse } from './derived.ts'
import { skillKey } from './facts.ts'
import type { TurnAt, TurnKey, TurnMark } from './marks.ts'
import type { StoredTurn, StoredUse, TurnPlan, TurnStorage, Use } from './storage.ts'

/** Derives something again, and writes what differs. The same facts give the same rows (R4). */
export async function deriveMarked(
  storage: TurnStorage,
  projectId: number,
  mark: Exclude<TurnMark, TurnAt>,
): Promise<void> {
  const plan =
    'invocation_id' in mark
      ? await planCallTree(storage, projectId, mark.invocation_id)
      : await planTurn(storage, projectId, mark)
  await storage.apply(projectId, plan)
}

async function planTurn(storage: TurnStorage, projectId: number, key: TurnKey): Promise<TurnPlan> {
  const { turn, uses } = deriveTurn(await storage.turnFacts(projectId, key))
  const stored = await storage.storedTurn(projectId, key)
  const before = await storage.usesOfTurn(projectId, key)
  const changes = await changesOf(
    storage,
    projectId,
    before,
    uses.map((use) => ({ ...use, ...key })),
  )
  const instants = instantsThatMatter(stored, turn, isSameSkills(before, uses))
  return {
    turns: [{ key, before: stored, after: turn }],
    uses: changes,
    marks: [
      ...(await turnsBefore(storage, projectId, key, instants)),
      ...(await turnsBeforeMoved(storage, projectId, changes)),
    ],
  }
}

/** A turn depends on when the next one of its session began, and on the skills that it used. */
function instantsThatMatter(
  stored: StoredTurn | undefined,
  turn: DerivedTurn | undefined,
  areSkillsSame: boolean,
): number[] {
  if (stored?.began_at_ms === turn?.began_at_ms && areSkillsSame) return []
  return [...new Set([stored?.began_at_ms, turn?.began_at_ms])].filter((each) => each !== undefined)
}

async function turnsBefore(
  storage: TurnStorage,
  projectId: number,
  key: TurnKey,
  instants: readonly number[],
): Promise<TurnKey[]> {
  const found = await Promise.all(instants.map((atMs) => storage.turnBefore(projectId, key, atMs)))
  return found.filter((each) => each !== undefined)
}

/**
 * The turns before those that a use leaves: when these are derived themselves, the use is gone already. The
 * turn that it comes to may be one of them, and is not stored yet.
 */
async function turnsBeforeMoved(
  storage: TurnStorage,
  projectId: number,
  changes: TurnPlan['uses'],
): Promise<TurnKey[]> {
  const marks: TurnKey[] = []
  for (const { before, after } of changes) {
    if (before === undefined || after === undefined || before.prompt_id === null) continue
    if (before.session_id === after.session_id && before.prompt_id === after.prompt_id) continue
    const { session_id, prompt_id } = after
    if (prompt_id !== null) marks.push({ session_id, prompt_id })
    const left = { session_id: before.session_id, prompt_id: before.prompt_id }
    const turn = await storage.storedTurn(projectId, left)
    if (turn !== undefined) marks.push(...(await turnsBefore(storage, projectId, left, [turn.began_at_ms])))
  }
  return marks
}

async function planCallTree(
  storage: TurnStorage,
  projectId: number,
  invocationId: string,
): Promise<TurnPlan> {
  const calls = await storage.callTree(projectId, invocationId)
  const sessions = new Map(calls.map((call) => [call.invocation_id, call.session_id]))
  const after = deriveUses(calls).map(
    (use): Use => ({
      ...use,
      session_id: sessions.get(use.use_id)!,
      prompt_id: null,
    }),
  )
  const ids = [...new Set([invocationId, ...after.map(({ use_id }) => use_id)])]
  const stored = await storage.uses(projectId, ids)
  // A use of a turn is derived with its turn.
  const before = stored.filter(({ prompt_id, use_id }) => prompt_id === null || sessions.has(use_id))
  const changes = await changesOf(storage, projectId, before, after)
  return { turns: [], uses: changes, marks: await turnsBeforeMoved(storage, projectId, changes) }
}

/** What changes in uses. One that moves here from another turn is found by its id. */
async function changesOf(
  storage: TurnStorage,
  projectId: number,
  before: readonly StoredUse[],
  after: readonly Use[],
): Promise<TurnPlan['uses']> {
  const known = new Map(before.map((use) => [use.use_id, use]))
  const missing = after.filter(({ use_id }) => !known.has(use_id)).map(({ use_id }) => use_id)
  for (const use of await storage.uses(projectId, missing)) known.set(use.use_id, use)
  const kept = new Set(after.map(({ use_id }) => use_id))
  return [
    ...before.filter(({ use_id }) => !kept.has(use_id)).map((use) => ({ before: use, after: undefined })),
    ...after.map((use) => ({ before: known.get(use.use_id), after: use })),
  ]
}

function isSameSkills(a: readonly DerivedUse[], b: readonly DerivedUse[]): boolean {
  const [one, other] = [new Set(a.map(skillKey)), new Set(b.map(skillKey))]
  return one.size === other.size && [...one].every((each) => other.has(each))
}
