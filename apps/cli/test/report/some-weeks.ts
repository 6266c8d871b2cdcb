import { join } from 'node:path'
import { createRecorder, DEFAULT_PROJECT, findProject, migrateUp, openWriter } from '@skillwatch/db'
import { type ApiRequest, type ParsedObservation, parseObservation, parsePrompt } from '@skillwatch/schema'
import { fixedClock, freePort, NOW_MS, startProcess, temporaryFolder } from '@skillwatch/testkit'
import { REPOSITORY_ROOT } from '../../src/settings.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** One session of the history: one turn that uses some skills. */
export interface SomeSession {
  readonly atMs: number
  readonly uses: readonly SomeUse[]
  readonly model?: string
  /** What the agent reports that each request cost. */
  readonly costUsd?: number
  readonly repository?: string
}

interface SomeUse {
  readonly skill_name: string
  readonly kind?: 'skill' | 'command' | 'agent'
  /** How many calls follow from it, and how many of them fail. */
  readonly calls?: number
  readonly failed?: number
}

export const HOSTILE_NAMES = [
  '<script>alert(1)</script>',
  '</style><img src=x onerror=alert(1)>',
  'a | b \\| `code` ``',
  'مهارة-الترجمة',
  'spoof\u202egnp.exe',
  '👩‍💻 pair-programming 🚀',
  `very-long-${'name-'.repeat(37)}end`,
] as const

/**
 * Three weeks until `NOW_MS`. In the last seven days `pdf-fill` is used more, `deploy` fails more,
 * `old-notes` is not used any more, and `release-notes` is new.
 */
export function someWeeks(): SomeSession[] {
  return Array.from({ length: 21 }, (_, day) => day).flatMap((daysAgo) =>
    Array.from({ length: 5 }, (_, index) => someSession(daysAgo, index)),
  )
}

/** The same with names that try to break a document. */
export function hostileWeeks(): SomeSession[] {
  const hostile = HOSTILE_NAMES.map((skill_name, index) => ({
    atMs: NOW_MS - (index + 1) * 7 * HOUR_MS,
    uses: Array.from({ length: 9 - index }, () => ({ skill_name, calls: 2, failed: 1 })),
    model: skill_name,
    repository: skill_name,
  }))
  return [...someWeeks(), ...hostile]
}

function someSession(daysAgo: number, index: number): SomeSession {
  const isNow = daysAgo < 7
  const repeated = (uses: number, use: SomeUse) => Array.from({ length: uses }, () => use)
  return {
    atMs: NOW_MS - daysAgo * DAY_MS - (index + 1) * 2 * HOUR_MS,
    model: index % 3 === 0 ? 'claude-opus-4-5' : 'claude-sonnet-4-5',
    costUsd: index % 3 === 0 ? 0.04 : 0.025,
    ...(index !== 4 && { repository: ['shop', 'website', 'infra', 'docs'][index]! }),
    uses: [
      ...repeated(isNow ? 3 : 1, { skill_name: 'pdf-fill', calls: 3 }),
      { skill_name: 'deploy', calls: 5, failed: isNow ? 1 + (index % 2) : index === 0 ? 1 : 0 },
      { skill_name: 'commit', kind: 'command', calls: 2 },
      { skill_name: 'general-purpose', kind: 'agent', calls: 4, failed: index === 2 ? 1 : 0 },
      ...(isNow ? [] : [{ skill_name: 'old-notes', calls: 2 }]),
      ...(daysAgo < 3 && index < 2 ? repeated(2, { skill_name: 'release-notes', calls: 1 }) : []),
    ],
  }
}

export interface OwnGateway extends AsyncDisposable {
  readonly url: string
}

/** ws-gateway on a new database with these sessions. */
export async function startGatewayWith(sessions: readonly SomeSession[]): Promise<OwnGateway> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${join(folder.path, 'test.db')}`
  await recordSessions(databaseUrl, sessions)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  stack.use(
    await startProcess({
      args: [join(REPOSITORY_ROOT, 'apps/ws-gateway/bin.mjs')],
      env: { SKILLWATCH_DATABASE_URL: databaseUrl, WS_GATEWAY_PORT: String(port) },
      ready: async () => (await fetch(`${url}/health/ready`)).ok,
    }),
  )
  const owned = stack.move()
  return { url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function recordSessions(databaseUrl: string, sessions: readonly SomeSession[]): Promise<void> {
  const writer = openWriter(databaseUrl)
  migrateUp(writer, NOW_MS)
  const projectId = findProject(writer, DEFAULT_PROJECT)!.project_id
  {
    await using recorder = createRecorder(writer, { queueItemsMax: 100_000, now: fixedClock })
    await recorder.record(projectId, sessions.flatMap(observationsOf))
    await recorder.recordApiRequests(projectId, sessions.flatMap(requestsOf))
    await recorder.deriveTurns()
  }
  writer.close()
}

function observationsOf({ atMs, uses, repository }: SomeSession, session: number): ParsedObservation[] {
  const of = {
    session_id: `session-${session}`,
    prompt_id: `prompt-${session}`,
    ...(repository && { repository }),
  }
  const prompt = parsed(parsePrompt({ ...of, began_at: atMs }, NOW_MS))
  const calls = uses.flatMap((use, index) =>
    callsOf(use, atMs + (index + 1) * 60_000, `${session}-${index}`),
  )
  return [
    prompt,
    ...calls.map((call) => parsed(parseObservation({ ...of, ...call }, NOW_MS, () => 'unused'))),
  ]
}

function callsOf({ skill_name, kind = 'skill', calls = 0, failed = 0 }: SomeUse, atMs: number, id: string) {
  const activation = { invocation_id: id, skill_name, kind, invoked_at: atMs, outcome: 'completed' }
  const children = Array.from({ length: calls }, (_, index) => ({
    invocation_id: `${id}-${index}`,
    parent_invocation_id: id,
    skill_name: 'Bash',
    kind: 'tool',
    invoked_at: atMs + (index + 1) * 1_000,
    outcome: index < failed ? 'failed' : 'completed',
  }))
  return [activation, ...children]
}

function requestsOf({ atMs, uses, model, costUsd, repository }: SomeSession, session: number): ApiRequest[] {
  return uses.map((_, index) => ({
    request_id: `request-${session}-${index}`,
    session_id: `session-${session}`,
    prompt_id: `prompt-${session}`,
    requested_at_ms: atMs + (index + 1) * 60_000 + 500,
    input_tokens: 2_000,
    output_tokens: 500,
    cache_read_tokens: 40_000,
    parent_invocation_id: `${session}-${index}`,
    ...(model && { model }),
    ...(costUsd !== undefined && { cost_usd: costUsd }),
    ...(repository && { repository }),
  }))
}

function parsed(result: ReturnType<typeof parsePrompt>): ParsedObservation {
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}
