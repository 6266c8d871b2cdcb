import type BetterSqlite3 from 'better-sqlite3'
import { beginOf } from '../../turns/derive-turn.ts'
import type { CallFacts, NextTurn, PromptFacts, ResponseFacts, TurnFacts } from '../../turns/facts.ts'
import { skillKey } from '../../turns/facts.ts'
import type { TurnKey } from '../../turns/marks.ts'

const CALL_COLUMNS = `invocation_id, session_id, kind, skill_name, parent_invocation_id, "trigger",
  invoked_at_ms, ended_at_ms, outcome, error_type, agent_name, agent_version,
  model, repository, branch, attributes ->> '$."gen_ai.agent.id"' as agent_id`

const RESPONSE_COLUMNS = `request_id, parent_invocation_id, requested_at_ms, model, agent_name, repository,
  branch, 1 as request_count,
  coalesce(input_tokens, 0) as input_tokens, coalesce(output_tokens, 0) as output_tokens,
  coalesce(cache_read_tokens, 0) as cache_read_tokens,
  coalesce(cache_creation_tokens, 0) as cache_creation_tokens,
  cast(round(coalesce(cost_usd, 0) * 1000000) as integer) as cost_micro_usd,
  case when cost_usd is null then 'none' else 'reported' end as cost_source`

/** Longest chain of named parents that is followed; a circle of parents ends there too. */
const PARENTS_MAX = 1_000

/** Most calls without a prompt that are read of one session. */
const OUTSIDE_MAX = 2_000

/** Reads from what turns and uses follow. */
export class TurnFactsStatements {
  readonly #prompt
  readonly #calls
  readonly #responses
  readonly #next
  readonly #skills
  readonly #sessionEnd
  readonly #outside
  readonly #call
  readonly #inside

  constructor(sqlite: BetterSqlite3.Database) {
    const ofTurn = 'project_id = ? and session_id = ? and prompt_id = ?'
    this.#prompt = sqlite.prepare<[number, string, string], PromptFacts>(
      `select began_at_ms, interrupted_at_ms, agent_name, agent_version, repository, branch
        from prompt where ${ofTurn}`,
    )
    this.#calls = sqlite.prepare<[number, string, string], CallFacts>(
      `select ${CALL_COLUMNS} from skill_invocation where ${ofTurn}`,
    )
    this.#responses = sqlite.prepare<[number, string, string], ResponseFacts>(
      `select ${RESPONSE_COLUMNS} from api_request where ${ofTurn}`,
    )
    this.#next = sqlite.prepare<
      [number, string, number, string, string],
      { prompt_id: string; began_at_ms: number }
    >(
      `select prompt_id, began_at_ms from turn
        where project_id = ? and session_id = ? and (began_at_ms, prompt_id) > (?, ?) and prompt_id <> ?
        order by began_at_ms, prompt_id limit 1`,
    )
    this.#skills = sqlite.prepare<[number, string, string], Pick<CallFacts, 'kind' | 'skill_name'>>(
      `select kind, skill_name from skill_use where ${ofTurn}`,
    )
    this.#sessionEnd = sqlite
      .prepare<[number, string], number>(
        'select ended_at_ms from session_end where project_id = ? and session_id = ?',
      )
      .pluck()
    this.#outside = sqlite.prepare<[number, string], CallFacts>(
      `select ${CALL_COLUMNS} from skill_invocation
        where project_id = ? and session_id = ? and prompt_id is null
        order by invoked_at_ms limit ${OUTSIDE_MAX}`,
    )
    this.#call = sqlite.prepare<[number, string], CallFacts>(
      `select ${CALL_COLUMNS} from skill_invocation
        where project_id = ? and invocation_id = ? and prompt_id is null`,
    )
    this.#inside = sqlite.prepare<[number, string], CallFacts>(
      `select ${CALL_COLUMNS} from skill_invocation
        where project_id = ? and parent_invocation_id = ? and prompt_id is null`,
    )
  }

  ofTurn(projectId: number, { session_id, prompt_id }: TurnKey): TurnFacts {
    const key = [projectId, session_id, prompt_id] as const
    const prompt = this.#prompt.get(...key)
    const calls = this.#calls.all(...key)
    const responses = this.#responses.all(...key)
    const beganAtMs = beginOf({ prompt, calls, responses })
    return {
      prompt,
      calls,
      responses,
      next:
        beganAtMs === undefined
          ? undefined
          : this.#nextAfter(projectId, { session_id, prompt_id }, beganAtMs),
      session_ended_at_ms: this.#sessionEnd.get(projectId, session_id),
    }
  }

  /** The first calls of a session whose prompt is not known. */
  outsideTurns(projectId: number, sessionId: string): CallFacts[] {
    return this.#outside.all(projectId, sessionId)
  }

  /** The calls without a prompt that are connected with one by named parents. */
  callTree(projectId: number, invocationId: string): CallFacts[] {
    const tree = new Map<string, CallFacts>()
    const found = [...this.#rootOf(projectId, invocationId)]
    for (const call of found) {
      if (tree.has(call.invocation_id)) continue
      tree.set(call.invocation_id, call)
      for (const inside of this.#inside.all(projectId, call.invocation_id)) found.push(inside)
    }
    return [...tree.values()]
  }

  /** The outermost call around one; those inside of one that does not exist. */
  #rootOf(projectId: number, invocationId: string): CallFacts[] {
    let root = this.#call.get(projectId, invocationId)
    if (root === undefined) return this.#inside.all(projectId, invocationId)
    const path = new Set([invocationId])
    while (path.size < PARENTS_MAX) {
      const { parent_invocation_id } = root
      if (parent_invocation_id === null || path.has(parent_invocation_id)) break
      const parent = this.#call.get(projectId, parent_invocation_id)
      if (parent === undefined) break
      path.add(parent_invocation_id)
      root = parent
    }
    return [root]
  }

  /** The turn itself may still be stored with another begin. */
  #nextAfter(
    projectId: number,
    { session_id, prompt_id }: TurnKey,
    beganAtMs: number,
  ): NextTurn | undefined {
    const next = this.#next.get(projectId, session_id, beganAtMs, prompt_id, prompt_id)
    if (next === undefined) return undefined
    const skills = this.#skills.all(projectId, session_id, next.prompt_id)
    return { began_at_ms: next.began_at_ms, skills: new Set(skills.map(skillKey)) }
  }
}
