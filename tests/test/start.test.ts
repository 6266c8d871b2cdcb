import type { UpsertChange } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, startCli } from './support/cli.ts'
import { readInvocations } from './support/read.ts'
import { runInShell, type ShellCommand } from './support/shell.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'
import { TRANSCRIPT_CALLS, writeTranscript } from './support/transcript.ts'

test('npm start runs all services, history and live calls are recorded, Ctrl-C stops it', async () => {
  await using skillwatch = await createSkillwatch()
  const { env, urls } = skillwatch
  const started = runInShell('npm start', env)
  try {
    await until(() => hasEnded(started) || started.stdout().includes('Ctrl-C stops it.'), {
      timeoutMs: 60_000,
    })
    for (const url of Object.values(urls)) expect(started.output()).toContain(url)

    writeTranscript(skillwatch.folder)
    expect(await runCli(['import', 'claude-code'], env)).toMatchObject({ code: 0 })
    expect(await readInvocations(urls['ws-gateway'])).toHaveLength(TRANSCRIPT_CALLS)

    await expectTailSeesSimulation(skillwatch)
  } finally {
    started.signalGroup('SIGINT')
  }
  await started.exited
  expect(started.output()).toContain('Skillwatch has stopped.')
  for (const url of Object.values(urls)) await expect(fetch(`${url}/health/live`)).rejects.toThrow()
  expect(await runCli(['recount'], env)).toMatchObject({ code: 0 })
})

async function expectTailSeesSimulation({ env }: Skillwatch): Promise<void> {
  const tail = startCli(['tail', '--json', '--running', '--from', 'start'], env)
  let text = ''
  tail.child.stdout!.on('data', (chunk: string) => {
    text += chunk
  })
  try {
    // It shows the calls so far, so it is connected before the first live call.
    await until(() => idsIn(text).size === TRANSCRIPT_CALLS, { timeoutMs: 30_000 })
    const args = [
      '--project',
      'default',
      '--rate',
      '20',
      '--duration',
      '2',
      '--seed',
      '7',
      '--run-id',
      'demo',
    ]
    expect(await runCli(['simulate', ...args], env)).toMatchObject({ code: 0 })
    await until(() => [...idsIn(text)].some((id) => id.startsWith('demo')), { timeoutMs: 30_000 })
  } finally {
    tail.child.kill('SIGINT')
  }
  expect(await tail.result).toMatchObject({ code: 0 })
}

function idsIn(text: string): Set<string> {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return new Set(
    lines
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as UpsertChange).invocation.invocation_id),
  )
}

function hasEnded({ child }: ShellCommand): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
