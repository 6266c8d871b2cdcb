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

test('a hook that was answered is stored, though the service is killed before the commit', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/skillwatch.db`
  const first = await startIngest(folder.path)
  await using killed = first.process
  // Nothing can be committed while somebody else writes.
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const call = {
    session_id: 's',
    tool_name: 'Bash',
    tool_use_id: 'toolu_killed',
    tool_input: { command: 'ls' },
  }
  const event = { ...call, hook_event_name: 'PreToolUse' }
  const answer = await fetch(`${first.url}/v1/hooks/claude-code`, {
    method: 'POST',
    body: JSON.stringify(event),
  })
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
  killed.kill('SIGKILL')
  await killed.exited
  other.close()

  const ids = () => {
    using reader = openReader(`sqlite:${path}`)
    return reader.sqlite.prepare('select invocation_id from skill_invocation').pluck().all()
  }
  expect(ids()).toEqual([])
  await using _second = (await startIngest(folder.path)).process
  await until(() => ids().length > 0)
  expect(ids()).toEqual(['toolu_killed'])
  using reader = openReader(`sqlite:${path}`)
  const hash = reader.sqlite.prepare('select arguments_hash from skill_invocation').pluck().get()
  expect(hash).toMatch(/^[0-9a-f]{32}$/)
})
