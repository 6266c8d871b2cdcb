import { type RunningProcess, until } from '@skillwatch/testkit'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'

/** When the history ends, and what the clock of commands that show it reads. It is past on every machine. */
export const HISTORY_END_MS = Date.UTC(2026, 0, 31, 12)

/** A prompt, the use that it began with, and what followed. */
interface Step {
  readonly at: string
  /** The first 8 characters of the session's id. */
  readonly session: string
  readonly use: readonly [kind: 'skill' | 'command', name: string]
  readonly repository: string
  /** Outcomes of calls of tools, one every ten seconds. */
  readonly tools?: readonly string[]
  /** The tokens of one response, and the cost that the agent reports. */
  readonly response?: { readonly model: string; readonly output_tokens: number; readonly cost_usd?: number }
  /** The user stopped the agent a minute after the prompt. */
  readonly isInterrupted?: boolean
  /** A sub-agent that makes two calls, half a minute after the prompt. */
  readonly subAgent?: string
}

const PDF = ['skill', 'pdf-fill'] as const
const OPUS = { model: 'claude-opus-4-5', output_tokens: 20_000 }
const [ok, failed, rejected] = ['completed', 'failed', 'rejected']
const EASY = { use: PDF, repository: 'invoices', tools: [ok!, ok!], response: { ...OPUS, cost_usd: 0.25 } }

const STEPS: readonly Step[] = [
  ...['05', '09', '12', '17', '22'].map((day) => ({
    ...EASY,
    at: `2025-12-${day}T10:00:00Z`,
    session: `dec000${day}`,
  })),
  {
    at: '2025-12-20T10:00:00Z',
    session: 'dec10020',
    use: ['skill', 'meeting-notes'],
    repository: 'notes',
    tools: [ok!],
  },
  ...['08', '13', '15'].map((day) => ({
    ...EASY,
    at: `2026-01-${day}T10:00:00Z`,
    session: `jan000${day}`,
  })),
  {
    ...EASY,
    at: '2026-01-15T14:00:00Z',
    session: 'jan10015',
    tools: [ok!, failed!, ok!, rejected!],
    response: { ...OPUS, cost_usd: 0.5 },
  },
  { ...EASY, at: '2026-01-15T14:10:00Z', session: 'jan10015', isInterrupted: true },
  {
    ...EASY,
    at: '2026-01-20T09:00:00Z',
    session: 'jan00020',
    repository: 'reports',
    subAgent: 'code-review',
  },
  {
    at: '2026-01-28T09:00:00Z',
    session: 'jan00028',
    use: ['command', 'release'],
    repository: 'website',
    tools: [ok!, failed!],
    response: { model: 'a-model-without-a-price', output_tokens: 3_000 },
  },
]
const USES = STEPS.length + 1

/** Services that have recorded this history and derived its uses. */
export interface RecordedHistory extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
}

export async function recordHistory(): Promise<RecordedHistory> {
  const own = await ownEnvironment()
  const services: RunningProcess[] = [
    await startService('ingest', own),
    await startService('ws-gateway', own),
  ]
  await post(own, 'prompts', STEPS.map(promptOf))
  await post(own, 'api-requests', STEPS.flatMap(responsesOf))
  await post(own, 'invocations', STEPS.flatMap(callsOf))
  await until(() => isDerived(own))
  return {
    env: { ...own.env, SKILLWATCH_GATEWAY_URL: `http://127.0.0.1:${own.ports['ws-gateway']}` },
    [Symbol.asyncDispose]: async () => {
      for (const service of services) await service.stop()
      own[Symbol.dispose]()
    },
  }
}

/** Whether every use was derived, also what the next turn of its session says of it. */
async function isDerived({ ports }: OwnEnvironment): Promise<boolean> {
  const reply = await fetch(`http://127.0.0.1:${ports['ws-gateway']}/v1/uses?limit=1000`)
  const { items } = (await reply.json()) as { items: { used_again: boolean | null }[] }
  return items.length === USES && items.some(({ used_again }) => used_again)
}

async function post({ ports }: OwnEnvironment, path: string, items: readonly object[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.ingest}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(items),
  })
  const reply = (await response.json()) as { accepted?: number }
  if (reply.accepted !== items.length) throw new Error(`not all accepted: ${JSON.stringify(reply)}`)
}

function promptOf(step: Step): object {
  const { repository, isInterrupted } = step
  return {
    ...placeOf(step),
    repository,
    began_at: after(step, 0),
    ...(isInterrupted && { interrupted_at: after(step, 60) }),
  }
}

function responsesOf(step: Step): object[] {
  const { repository, response, subAgent } = step
  if (response === undefined) return []
  const own = { ...placeOf(step), ...response, repository, requested_at: after(step, 5) }
  const nested = {
    ...own,
    request_id: `${idOf(step)}-nested`,
    parent_invocation_id: `${idOf(step)}-agent`,
    requested_at: after(step, 35),
  }
  return [{ ...own, request_id: idOf(step) }, ...(subAgent === undefined ? [] : [nested])]
}

function callsOf(step: Step): object[] {
  const { use, tools = [], subAgent } = step
  const id = idOf(step)
  const inAgent = [31, 32].map((second) => ({
    ...callOf(step, second, ['tool', 'Read']),
    invocation_id: `${id}-${second}`,
    parent_invocation_id: `${id}-agent`,
  }))
  const agent = { ...callOf(step, 30, ['agent', subAgent ?? '']), invocation_id: `${id}-agent` }
  return [
    { ...callOf(step, 1, use), invocation_id: id },
    ...tools.map((outcome, index) => ({
      ...callOf(step, 10 * (index + 1), ['tool', 'Bash']),
      invocation_id: `${id}-tool-${index}`,
      outcome,
      ...(outcome === failed && { error_type: 'tool_error' }),
    })),
    ...(subAgent === undefined ? [] : [agent, ...inAgent]),
  ]
}

function callOf(step: Step, second: number, [kind, skill_name]: readonly [string, string]): object {
  return {
    ...placeOf(step),
    kind,
    skill_name,
    repository: step.repository,
    outcome: 'completed',
    invoked_at: after(step, second),
    ended_at: after(step, kind === 'agent' ? second + 20 : second + 1),
    execution_ms: kind === 'agent' ? 20_000 : 1_000,
  }
}

function placeOf(step: Step): object {
  return { session_id: `${step.session}-4c1e-9d3e`, prompt_id: `prompt-${idOf(step)}` }
}

function idOf({ session, at }: Step): string {
  return `${session}-${at}`
}

function after({ at }: Step, seconds: number): string {
  return new Date(Date.parse(at) + seconds * 1_000).toISOString()
}
