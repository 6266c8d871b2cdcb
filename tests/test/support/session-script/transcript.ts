import { join } from 'node:path'
import { type Ending, SCRIPT, type ScriptedCall } from './script.ts'
import {
  agentId,
  callId,
  endOf,
  promptId,
  type ScriptedSession,
  sessionId,
  startOf,
  VERSION,
} from './session.ts'

/** A file below the folder of transcripts. */
export interface TranscriptFile {
  readonly path: string
  readonly text: string
}

/** The transcripts of this session: one of the session, and one of each sub-agent that made calls. */
export function transcriptFiles(session: ScriptedSession): TranscriptFile[] {
  const folder = '-home-me-web'
  const agents = [...new Set(SCRIPT.flatMap((call) => call.insideAgent ?? []))]
  return [
    { path: join(folder, `${sessionId(session)}.jsonl`), text: linesOf(session, undefined) },
    ...agents.map((index) => ({
      path: join(folder, sessionId(session), 'subagents', `agent-${agentId(session, index)}.jsonl`),
      text: linesOf(session, index),
    })),
  ]
}

function linesOf(session: ScriptedSession, insideAgent: number | undefined): string {
  const calls = SCRIPT.filter((call) => call.insideAgent === insideAgent)
  const records = calls.flatMap((call) => [
    { atMs: startOf(session, call), record: callRecord(session, call) },
    ...resultRecord(session, call).map((record) => ({ atMs: endOf(session, call), record })),
  ])
  // The agent answers once more at the end, so that calls without a result are over.
  const last = {
    atMs: session.startedAtMs + 300_000,
    record: assistant(`msg_${session.tag}_last`, [{ type: 'text', text: 'done' }]),
  }
  const common = {
    sessionId: sessionId(session),
    version: VERSION,
    cwd: '/home/me/web',
    isSidechain: insideAgent !== undefined,
    ...(insideAgent !== undefined && { agentId: agentId(session, insideAgent) }),
  }
  return [...records, last]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, record }, line) => ({
      uuid: `${session.tag}-${insideAgent ?? 'main'}-${line}`,
      timestamp: new Date(atMs).toISOString(),
      ...common,
      ...record,
    }))
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('')
}

function callRecord(session: ScriptedSession, call: ScriptedCall): object {
  const { index, input, insideSkill, name, tool } = call
  if (tool === undefined) {
    const content = `<command-message>${name} is running…</command-message>\n<command-name>/${name}</command-name>`
    return { type: 'user', promptId: promptId(session, call.prompt), message: { role: 'user', content } }
  }
  return {
    ...assistant(`msg_${session.tag}_${index}`, [
      { type: 'tool_use', id: callId(session, call), name: tool, input },
    ]),
    ...(insideSkill !== undefined && { attributionSkill: SCRIPT[insideSkill]!.name }),
  }
}

function assistant(id: string, content: readonly object[]): object {
  return { type: 'assistant', message: { id, role: 'assistant', model: 'claude-opus-4-5', content } }
}

/** The result of a call; a call that was cut off has none. */
const RESULTS: Readonly<Record<Ending, { content: string; is_error?: true } | undefined>> = {
  completed: { content: 'done' },
  failed: { content: 'Exit code 1\nboom', is_error: true },
  refused_by_user: { content: "The user doesn't want to proceed with this tool use.", is_error: true },
  denied_by_policy: { content: 'Permission to use Bash has been denied.', is_error: true },
  interrupted: { content: '[Request interrupted by user for tool use]', is_error: true },
  cut_off: undefined,
}

function resultRecord(session: ScriptedSession, call: ScriptedCall): object[] {
  const result = RESULTS[call.ending]
  if (call.tool === undefined || result === undefined) return []
  const content = [{ type: 'tool_result', tool_use_id: callId(session, call), ...result }]
  const started = call.kind === 'agent' && call.ending === 'completed'
  return [
    {
      type: 'user',
      message: { role: 'user', content },
      ...(started && {
        toolUseResult: { agentId: agentId(session, call.index), totalDurationMs: call.durationMs - 100 },
      }),
    },
  ]
}
