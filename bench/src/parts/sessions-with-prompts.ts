import { createRandom } from './random.ts'

const SKILLS = 1_000
const CALLS_PER_TURN = 16
const TURNS_PER_SESSION = 12
const RESPONSES_PER_TURN = 4
const REPOSITORIES = 20
const MODELS = ['claude-opus-4-6', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001']
const DAY_MS = 86_400_000
const DAYS = 90

/** What an agent reports of one turn. */
export interface ReportedTurn {
  readonly calls: readonly object[]
  readonly apiRequests: readonly object[]
}

/**
 * The turns of sessions over the last 90 days, the oldest first: each uses one of 1,000 skills, a third of
 * them also a sub-agent. Frequent skills are few.
 */
export function* createTurns(count: number, nowMs: number): Generator<ReportedTurn> {
  const random = createRandom(20_261_127)
  for (let number = 0; number < count; number++) {
    const beganAtMs = nowMs - DAYS * DAY_MS + Math.floor((number / count) * DAYS * DAY_MS)
    yield createTurn(number, beganAtMs, random)
  }
}

function createTurn(number: number, beganAtMs: number, random: () => number): ReportedTurn {
  const session = Math.floor(number / TURNS_PER_SESSION)
  const shared = {
    session_id: `session-${session}`,
    prompt_id: `prompt-${number}`,
    agent_name: 'claude-code',
    repository: `repository-${session % REPOSITORIES}`,
    branch: 'main',
    model: MODELS[session % MODELS.length],
  }
  const skill_name = `skill-${Math.floor(random() ** 2 * SKILLS)}`
  const hasAgent = random() < 0.33
  const calls = Array.from({ length: CALLS_PER_TURN }, (_, index) => ({
    ...shared,
    invocation_id: `call-${number}-${index}`,
    kind: index === 1 ? 'skill' : index === 5 && hasAgent ? 'agent' : 'tool',
    skill_name: index === 1 ? skill_name : index === 5 && hasAgent ? 'Explore' : `Tool${index % 7}`,
    invoked_at: beganAtMs + index * 2_000,
    ended_at: beganAtMs + index * 2_000 + 1_000,
    outcome: random() < 0.06 ? 'failed' : 'completed',
    ...(index > 5 && index < 9 && hasAgent && { parent_invocation_id: `call-${number}-5` }),
  }))
  const apiRequests = Array.from({ length: RESPONSES_PER_TURN }, (_, index) => ({
    ...shared,
    request_id: `request-${number}-${index}`,
    requested_at: beganAtMs + index * 7_000 + 500,
    input_tokens: 10,
    output_tokens: Math.floor(random() * 1_000),
    cache_read_tokens: Math.floor(random() * 100_000),
    cache_creation_tokens: Math.floor(random() * 5_000),
  }))
  return { calls, apiRequests }
}
