import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineNowMs } from '@skillwatch/testkit'
import { writeSkillsDb } from '../../import/session-buddy/skills-db.ts'
import { runCli } from '../../run-cli.ts'
import type { Planted } from '../planted.ts'
import { plantedObservation } from './native.ts'
import type { Json, Source } from './source.ts'

/** Runs every importer over files whose names and contents are planted. @returns what they printed */
export async function runImporters({ own, planted, folder }: Source): Promise<string> {
  const write = (name: string, records: readonly unknown[], more = '') => {
    const path = join(folder, name)
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join('') + more)
    return path
  }
  // The name of a file is printed to whoever gave it, and nowhere else.
  const named = (name: string) => `${name}-${planted.plain(`path of ${name}`)}`
  const lines = write(
    named('calls.ndjson'),
    [
      plantedObservation(planted, 'ndjson'),
      { ...plantedObservation(planted, 'ndjson of REST'), witnesses: [planted.token('ndjson: witnesses')] },
      { [planted.token('ndjson: unknown field')]: planted.text('ndjson: unknown value') },
    ],
    `{"${planted.text('ndjson line')}\n`,
  )
  const skills = join(folder, named('skills.db'))
  writeSkillsDb(skills, 4, [sessionBuddyRecord(planted, 'skills.db')])
  const metrics = write('old.json', [{ invocations: [jsonRecord(planted, 'old JSON')], skills: {} }])
  const exported = write('new.json', [{ invocations: [jsonRecord(planted, 'new JSON')] }])
  const results = [
    await runCli(['import', 'ndjson', lines], own.env),
    await runCli(['import', 'session-buddy', skills], own.env),
    await runCli(['import', 'session-buddy', metrics], own.env),
    await runCli(['import', 'session-buddy', exported], own.env),
    await runCli(['import', 'claude-code', writeTranscripts(planted, join(folder, 'claude-code'))], own.env),
  ]
  return results.map(({ stdout, stderr }) => stdout + stderr).join('')
}

function sessionBuddyRecord(planted: Planted, way: string): Json {
  const token = (field: string) => planted.token(`${way}: ${field}`)
  return {
    skill_name: token('skill_name'),
    session_id: token('session_id'),
    user_query: planted.text(`${way}: user_query`),
    error_type: planted.note(`${way}: error_type`),
    completed: 0,
    workflow_path: planted.note(`${way}: workflow_path`),
    workflow_phase: token('workflow_phase'),
    workflow_step_id: token('workflow_step_id'),
    alternatives_considered: [token('alternatives')],
    follow_up_actions: [planted.note(`${way}: follow_up`)],
  }
}

function jsonRecord(planted: Planted, way: string): Json {
  const unknown = { [planted.token(`${way}: key`)]: planted.text(`${way}: unknown field`) }
  return {
    ...sessionBuddyRecord(planted, way),
    ...unknown,
    completed: false,
    invoked_at: '2026-02-10T12:00:00',
  }
}

/** A session and its sub-agent, in folders and files named after what is planted. */
function writeTranscripts(planted: Planted, folder: string): string {
  const [session, agent] = [planted.token('transcript: file name'), planted.plain('transcript: agent file')]
  const project = join(folder, `-home-${planted.plain('transcript: folder')}`)
  const safe = session.replaceAll('/', '-')
  const write = (path: string, records: readonly Json[]) => {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
  write(join(project, `${safe}.jsonl`), transcript(planted, 'transcript'))
  write(
    join(project, safe, 'subagents', `agent-${agent}.jsonl`),
    transcript(planted, 'transcript of a sub-agent'),
  )
  return folder
}

function transcript(planted: Planted, way: string): Json[] {
  const text = (field: string) => planted.text(`${way}: ${field}`)
  const token = (field: string) => planted.token(`${way}: ${field}`)
  const [sessionId, id] = [token('sessionId'), token('tool_use_id')]
  const record = (uuid: string, fields: Json): Json => ({
    uuid: `${way} ${uuid}`,
    timestamp: new Date(machineNowMs()).toISOString(),
    sessionId,
    agentId: token('agentId'),
    slug: text('slug'),
    cwd: `/${text('cwd')}/${token('folder')}`,
    gitBranch: token('gitBranch'),
    version: token('version'),
    attributionSkill: token('attributionSkill'),
    isSidechain: false,
    ...fields,
  })
  const input = { command: text('command'), [token('key of input')]: text('input') }
  const call = { type: 'tool_use', id, name: token('tool'), input }
  const skill = {
    type: 'tool_use',
    id: token('skill call'),
    name: 'Skill',
    input: { skill: token('skill') },
  }
  const result = { type: 'tool_result', tool_use_id: id, content: text('result'), is_error: true }
  const ofSkill = {
    type: 'tool_result',
    tool_use_id: skill.id,
    content: [{ type: 'text', text: text('result text') }],
  }
  const typed = `<command-name>/${token('command name')}</command-name><command-args>${text('command args')}</command-args>`
  const message = {
    id: token('message id'),
    model: token('model'),
    role: 'assistant',
    content: [call, skill],
  }
  return [
    record('u-1', { type: 'user', message: { role: 'user', content: text('prompt') } }),
    record('u-2', { type: 'user', promptId: token('promptId'), message: { role: 'user', content: typed } }),
    record('u-3', { type: 'assistant', message }),
    record('u-4', {
      type: 'user',
      toolUseResult: text('toolUseResult'),
      message: { role: 'user', content: [result] },
    }),
    record('u-5', {
      type: 'user',
      toolUseResult: { agentId: token('agent') },
      message: { content: [ofSkill] },
    }),
    record('u-6', { type: 'summary', summary: text('summary') }),
    record('u-7', { type: token('unknown type'), content: text('unknown record') }),
  ]
}
