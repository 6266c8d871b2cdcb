import { spawnSync } from 'node:child_process'
import { inheritedEnvironment } from '@skillwatch/testkit'
import { CLI_BIN } from '../../run-cli.ts'
import type { Planted } from '../planted.ts'
import { type Json, post, type Source } from './source.ts'

/** Events of Claude Code's hooks with everything that holds text. */
function hookEvents(planted: Planted, way: string): Json[] {
  const text = (event: string, field: string) => planted.text(`${way} ${event}: ${field}`)
  const token = (event: string, field: string) => planted.token(`${way} ${event}: ${field}`)
  const event = (hook_event_name: string, fields: Json): Json => ({
    session_id: token(hook_event_name, 'session_id'),
    agent_id: token(hook_event_name, 'agent_id'),
    agent_type: token(hook_event_name, 'agent_type'),
    [token(hook_event_name, 'key')]: text(hook_event_name, 'unknown field'),
    prompt_id: token(hook_event_name, 'prompt_id'),
    transcript_path: text(hook_event_name, 'transcript_path'),
    // Of a path, the name of the folder is stored.
    cwd: `/${text(hook_event_name, 'cwd')}/${token(hook_event_name, 'folder')}`,
    permission_mode: text(hook_event_name, 'permission_mode'),
    hook_event_name,
    ...fields,
  })
  const call = (name: string, fields: Json = {}) =>
    event(name, {
      tool_use_id: token(name, 'tool_use_id'),
      tool_name: 'Bash',
      tool_input: {
        command: text(name, 'command'),
        [token(name, 'key of input')]: [text(name, 'list of input')],
      },
      mcp_server: { name: token(name, 'mcp_server') },
      ...fields,
    })
  return [
    call('PreToolUse'),
    call('PreToolUse', {
      tool_name: 'Skill',
      tool_input: { skill: token('Skill', 'skill'), args: text('Skill', 'args') },
    }),
    call('PreToolUse', { tool_name: `mcp__${token('mcp', 'server')}__search` }),
    call('PreToolUse', { tool_name: token('tool', 'tool_name') }),
    call('PreToolUse', {
      tool_name: 'Task',
      tool_input: { subagent_type: token('Task', 'agent'), prompt: text('Task', 'prompt') },
    }),
    call('PostToolUse', { tool_response: { stdout: text('PostToolUse', 'stdout') } }),
    call('PostToolUse', {
      tool_response: text('PostToolUse', 'text'),
      duration_ms: text('PostToolUse', 'duration_ms'),
    }),
    call('PostToolUse', {
      tool_name: 'Task',
      tool_input: { subagent_type: token('Task end', 'agent') },
      tool_response: { agentId: token('Task end', 'agentId'), content: text('Task end', 'content') },
    }),
    call('PostToolUseFailure', { error: text('PostToolUseFailure', 'error') }),
    call('PermissionDenied', { reason: text('PermissionDenied', 'reason') }),
    event('UserPromptExpansion', {
      command_name: token('expansion', 'name'),
      command_args: text('expansion', 'args'),
    }),
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
      env: { ...inheritedEnvironment(), ...own.env },
      input: JSON.stringify(event),
      encoding: 'utf8',
    }),
  )
  return results.map(({ stdout, stderr }) => stdout + stderr).join('')
}
