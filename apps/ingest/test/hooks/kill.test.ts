import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openReader } from '@skillwatch/db'
import { freePort, startProcess, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'

async function startIngest(folder: string) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const process = await startProcess({
    args: [join(import.meta.dirname, '../../bin.mjs')],
    env: {
      INGEST_PORT: String(port),
      INGEST_OTLP_PORT: '0',
      SKILLWATCH_DATABASE_URL: `sqlite:${folder}/skillwatch.db`,
    },
    ready: async () => (await fetch(`${url}/health/ready`)).ok,
  })
  return { url, process }
}

const base = { session_id: 's' }
const call = { ...base, tool_name: 'Bash', tool_use_id: 'toolu_killed', tool_input: { command: 'ls' } }
const agent = {
  ...base,
  tool_name: 'Agent',
  tool_use_id: 'toolu_agent',
  tool_input: { subagent_type: 'Plan' },
}
const agentStart = { ...base, hook_event_name: 'SubagentStart', agent_id: 'a-1', agent_type: 'Plan' }
const inside = { ...call, tool_use_id: 'toolu_inside', agent_id: 'a-1', hook_event_name: 'PreToolUse' }

async function send(url: string, event: object): Promise<void> {
  const body = JSON.stringify(event)
  const answer = await fetch(`${url}/v1/hooks/claude-code`, { method: 'POST', body })
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
}

/** Has a process answer these events and kills it before it can commit them. */
async function killedAfter(folder: string, events: readonly object[]): Promise<void> {
  const { url, process } = await startIngest(folder)
  await using killed = process
  // Nothing can be committed while another process writes.
  const other = new DatabaseSync(`${folder}/skillwatch.db`)
  other.exec('begin immediate')
  for (const event of events) await send(url, event)
  killed.kill('SIGKILL')
  await killed.exited
  other.close()
}

interface Row {
  invocation_id: string
  parent_invocation_id: string | null
  arguments_hash: string | null
}

function rowsIn(folder: string): Row[] {
  using reader = openReader(`sqlite:${folder}/skillwatch.db`)
  const columns = 'invocation_id, parent_invocation_id, arguments_hash'
  return reader.sqlite.prepare(`select ${columns} from skill_invocation order by row_id`).all() as Row[]
}

test('a hook that was answered is stored, though the service is killed before the commit', async () => {
  using folder = temporaryFolder()
  await killedAfter(folder.path, [{ ...call, hook_event_name: 'PreToolUse' }])
  expect(rowsIn(folder.path)).toEqual([])
  await using _second = (await startIngest(folder.path)).process
  await until(() => rowsIn(folder.path).length > 0)
  expect(rowsIn(folder.path)).toMatchObject([
    { invocation_id: 'toolu_killed', arguments_hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ])
})

test.each([
  ['linked to its call', [{ ...agent, hook_event_name: 'PreToolUse' }, agentStart], []],
  ['only called', [{ ...agent, hook_event_name: 'PreToolUse' }], [agentStart]],
])('a sub-agent that was %s before the service was killed is the parent of its calls', async (...row) => {
  const [, before, after] = row
  using folder = temporaryFolder()
  await killedAfter(folder.path, before)
  const second = await startIngest(folder.path)
  await using _process = second.process
  for (const event of [...after, inside]) await send(second.url, event)
  await until(() => rowsIn(folder.path).length === 2)
  expect(rowsIn(folder.path)).toContainEqual(
    expect.objectContaining({ invocation_id: 'toolu_inside', parent_invocation_id: 'toolu_agent' }),
  )
})
