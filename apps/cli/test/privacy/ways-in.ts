import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Observation } from '@skillwatch/schema'
import { writeSkillsDb } from '../import/session-buddy/skills-db.ts'
import { CLI_BIN, runCli } from '../run-cli.ts'
import type { OwnEnvironment } from '../stack.ts'
import type { Planted } from './planted.ts'

type Json = Record<string, unknown>

/** Everything a way in needs: where to send, and a folder outside of Skillwatch for what is read. */
export interface Source {
  readonly own: OwnEnvironment
  readonly planted: Planted
  readonly folder: string
}

const TEXTS = ['user_query', 'arguments', 'result']

/** Sends a body and tolerates any answer: some of them are refused, and a refusal must not leak either. */
export async function post({ own }: Source, path: string, body: unknown, type = 'application/json'): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${own.ports.ingest}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return await response.text()
}

/** An observation with something planted in every text field of the schema, also in those to come. */
export function plantedObservation(planted: Planted, way: string): Json {
  const fields = Object.entries(Observation.properties).map(([field, schema]) => {
    const place = `${way}: ${field}`
    const { type, enum: choices } = schema as { type?: string; enum?: unknown[] }
    if (TEXTS.includes(field)) return [field, planted.text(place)]
    if (type === 'array') return [field, [planted.token(place)]]
    if (field === 'attributes')
      return [field, { [planted.token(place)]: planted.token(place), note: planted.token(place) }]
    return [field, type === 'string' && choices === undefined ? planted.token(place) : undefined]
  })
  const observation = Object.fromEntries(fields.filter(([, value]) => value !== undefined))
  return { ...observation, outcome: 'failed', invoked_at: Date.now(), ended_at: Date.now() }
}

/** Items that are refused, and bodies that are none: their reasons and logs may not repeat what they hold. */
export async function sendNative(source: Source): Promise<void> {
  const { planted } = source
  await post(source, '/v1/invocations', [plantedObservation(planted, 'native')])
  const wrong = (field: string, value: unknown) => ({
    ...plantedObservation(planted, `refused ${field}`),
    [field]: value,
  })
  await post(source, '/v1/invocations', [
    wrong('kind', planted.token('wrong kind')),
    wrong('invoked_at', planted.token('wrong instant')),
    wrong(planted.token('unknown field'), planted.token('unknown value')),
    wrong('attributes', { nested: { secret: planted.token('nested') } }),
  ])
  await post(source, '/v1/invocations', `{"user_query": "${planted.text('broken JSON')}"`)
  await post(source, '/v1/invocations', `{"arguments": "${planted.text('broken line')}"\n`, 'application/x-ndjson')
  await post(source, '/v1/invocations', planted.text('wrong type'), 'text/plain')
  await post(source, `/v1/nowhere?q=${planted.token('query')}`, {})
}

/** Events of Claude Code's hooks with everything that holds text. */
function hookEvents(planted: Planted, way: string): Json[] {
  const text = (event: string, field: string) => planted.text(`${way} ${event}: ${field}`)
  const token = (event: string, field: string) => planted.token(`${way} ${event}: ${field}`)
  const event = (hook_event_name: string, fields: Json): Json => ({
    session_id: token(hook_event_name, 'session_id'),
    prompt_id: token(hook_event_name, 'prompt_id'),
    transcript_path: text(hook_event_name, 'transcript_path'),
    cwd: text(hook_event_name, 'cwd'),
    permission_mode: text(hook_event_name, 'permission_mode'),
    hook_event_name,
    ...fields,
  })
  const call = (name: string, fields: Json = {}) =>
    event(name, {
      tool_use_id: token(name, 'tool_use_id'),
      tool_name: 'Bash',
      tool_input: { command: text(name, 'command'), description: text(name, 'description') },
      ...fields,
    })
  return [
    call('PreToolUse'),
    call('PreToolUse', {
      tool_name: 'Skill',
      tool_input: { skill: token('Skill', 'skill'), args: text('Skill', 'args') },
    }),
    call('PreToolUse', { tool_name: `mcp__${token('mcp', 'server')}__search` }),
    call('PreToolUse', {
      tool_name: 'Task',
      tool_input: { subagent_type: token('Task', 'agent'), prompt: text('Task', 'prompt') },
    }),
    call('PostToolUse', { tool_response: { stdout: text('PostToolUse', 'stdout') } }),
    call('PostToolUseFailure', { error: text('PostToolUseFailure', 'error') }),
    call('PermissionDenied', { reason: text('PermissionDenied', 'reason') }),
    event('UserPromptExpansion', { command_name: token('expansion', 'name'), command_args: text('expansion', 'args') }),
    event('UserPromptSubmit', { prompt: text('UserPromptSubmit', 'prompt') }),
    event('SubagentStop', {
      agent_id: token('SubagentStop', 'agent_id'),
      last_assistant_message: text('SubagentStop', 'message'),
    }),
    event('SessionStart', { source: text('SessionStart', 'source') }),
    event(token('unknown event', 'name'), { anything: text('unknown event', 'anything') }),
  ]
}

export async function sendHooks(source: Source): Promise<void> {
  for (const event of hookEvents(source.planted, 'hook')) await post(source, '/v1/hooks/claude-code', event)
  await post(source, '/v1/hooks/claude-code', `{"prompt": "${source.planted.text('broken hook')}"`)
}

export function spoolHooks({ own, planted }: Source): string {
  const results = hookEvents(planted, 'spooled hook').map((event) =>
    spawnSync(process.execPath, [CLI_BIN, 'hook', '--texts'], {
      env: { PATH: process.env.PATH, ...own.env },
      input: JSON.stringify(event),
      encoding: 'utf8',
    }),
  )
  return results.map(({ stdout, stderr }) => stdout + stderr).join('')
}

const attributes = (values: Record<string, string>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))

/** What is known to hold text in spans and events of agents, ours or not. */
const CONTENT = [
  'prompt',
  'tool_input',
  'tool_parameters',
  'error',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'exception.message',
  'exception.stacktrace',
  'user.email',
  'http.request.header.authorization',
]
const NAMES = [
  'session.id',
  'prompt.id',
  'user.id',
  'user.account_uuid',
  'tool_use_id',
  'tool_name',
  'skill.name',
  'skill.source',
  'plugin.name',
  'agent_type',
  'error_type',
  'error.type',
  'gen_ai.tool.name',
  'gen_ai.conversation.id',
  'gen_ai.agent.name',
  'gen_ai.agent.id',
  'gen_ai.skill.name',
  'gen_ai.skill.source.uri',
  'mcp.session.id',
  'request_id',
  'model',
  'service.name',
]

function plantedAttributes(planted: Planted, way: string, more: Record<string, string> = {}) {
  const content = CONTENT.map((name) => [name, planted.text(`${way}: ${name}`)])
  const names = NAMES.map((name) => [name, planted.token(`${way}: ${name}`)])
  return attributes({ ...Object.fromEntries([...content, ...names]), ...more })
}

export async function sendOpenTelemetry(source: Source): Promise<void> {
  const { planted } = source
  const at = `${Date.now()}000000`
  const resource = (way: string) => ({ attributes: plantedAttributes(planted, `${way} resource`) })
  const events = [
    'skill_activated',
    'tool_result',
    'tool_decision',
    'user_prompt',
    'api_request',
    'api_error',
    'subagent_completed',
  ]
  const logRecords = events.map((name) => ({
    timeUnixNano: at,
    body: { stringValue: planted.text(`log ${name}: body`) },
    attributes: plantedAttributes(planted, `log ${name}`, { 'event.name': name, success: 'false' }),
  }))
  const unknown = attributes({ 'event.name': planted.token('unknown log: event.name') })
  logRecords.push({ timeUnixNano: at, body: { stringValue: planted.text('unknown log: body') }, attributes: unknown })
  logRecords.push({ timeUnixNano: at, body: { stringValue: planted.text('log: body') }, attributes: [] })
  await post(source, '/v1/logs', { resourceLogs: [{ resource: resource('logs'), scopeLogs: [{ logRecords }] }] })

  const operations = ['execute_tool', 'invoke_agent', 'chat', planted.text('span: operation')]
  const spans = operations.map((operation, index) => ({
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: `000000000000000${index + 1}`,
    name: `${operation} ${planted.token('span: name')}`,
    startTimeUnixNano: at,
    endTimeUnixNano: at,
    status: { code: 2, message: planted.text('span: status') },
    events: [{ name: 'exception', attributes: plantedAttributes(planted, 'span event') }],
    attributes: plantedAttributes(planted, `span ${operation.slice(0, 12)}`, { 'gen_ai.operation.name': operation }),
  }))
  await post(source, '/v1/traces', { resourceSpans: [{ resource: resource('traces'), scopeSpans: [{ spans }] }] })

  const sum = { dataPoints: [{ asInt: '1', timeUnixNano: at, attributes: plantedAttributes(planted, 'metric') }] }
  const metrics = [{ name: 'claude_code.token.usage', description: planted.text('metric: description'), sum }]
  await post(source, '/v1/metrics', {
    resourceMetrics: [{ resource: resource('metrics'), scopeMetrics: [{ metrics }] }],
  })
  await post(source, '/v1/logs', `{"resourceLogs": "${planted.text('broken logs')}"`)
  await post(source, '/v1/traces', { resourceSpans: planted.text('wrong traces') })
}

export async function runImporters({ own, planted, folder }: Source): Promise<string> {
  const lines = join(folder, 'calls.ndjson')
  writeFileSync(lines, `${JSON.stringify(plantedObservation(planted, 'ndjson'))}\n{"${planted.text('ndjson line')}\n`)
  const skills = join(folder, 'skills.db')
  const token = (field: string) => planted.token(`skills.db: ${field}`)
  writeSkillsDb(skills, 4, [
    {
      skill_name: token('skill_name'),
      session_id: token('session_id'),
      user_query: planted.text('skills.db: user_query'),
      error_type: planted.token('skills.db: error_type'),
      workflow_phase: token('workflow_phase'),
      alternatives_considered: [token('alternatives')],
      follow_up_actions: [token('follow_up')],
    },
  ])
  const sessions = join(folder, 'claude-code')
  mkdirSync(sessions, { recursive: true })
  writeFileSync(
    join(sessions, 'session.jsonl'),
    transcript(planted)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  )
  const results = [
    await runCli(['import', 'ndjson', lines], own.env),
    await runCli(['import', 'session-buddy', skills], own.env),
    await runCli(['import', 'claude-code', sessions], own.env),
    await runCli(
      ['run', '--skill', planted.token('run: skill'), '--', 'sh', '-c', `exit 3 # ${planted.text('run: line')}`],
      own.env,
    ),
  ]
  return results.map(({ stdout, stderr }) => stdout + stderr).join('')
}

function transcript(planted: Planted): Json[] {
  const text = (field: string) => planted.text(`transcript: ${field}`)
  const token = (field: string) => planted.token(`transcript: ${field}`)
  const [sessionId, id] = [token('sessionId'), token('tool_use_id')]
  const record = (uuid: string, fields: Json): Json => ({
    uuid,
    timestamp: new Date().toISOString(),
    sessionId,
    cwd: text('cwd'),
    gitBranch: token('gitBranch'),
    version: '2.1.114',
    isSidechain: false,
    ...fields,
  })
  const input = { command: text('command') }
  const call = { type: 'tool_use', id, name: token('tool'), input }
  const result = { type: 'tool_result', tool_use_id: id, content: text('result'), is_error: true }
  return [
    record('u-1', { type: 'user', message: { role: 'user', content: text('prompt') } }),
    record('u-2', {
      type: 'assistant',
      message: { id: 'm', model: token('model'), role: 'assistant', content: [call] },
    }),
    record('u-3', { type: 'user', toolUseResult: text('toolUseResult'), message: { role: 'user', content: [result] } }),
    record('u-4', { type: 'summary', summary: text('summary') }),
  ]
}
