import { spawnSync } from 'node:child_process'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { DOCUMENTS } from './support/documents.ts'
import { shellCommands } from './support/markdown.ts'
import { describeWith, type Part } from './support/parts.ts'
import { readPackage, readText } from './support/repository.ts'
import { runInShell } from './support/shell.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'
import { writeTranscript } from './support/transcript.ts'

const readme = shellCommands(readText('README.md'))
/** Commands that run until they are stopped. */
const ENDLESS = /^npx skillwatch (tail|start|top)\b/
const isSkillwatch = (command: string) => /^(SKILLWATCH_PROJECT=\w+ )?npx skillwatch\b/.test(command)
const isCurl = (command: string) => command.startsWith('curl ')

const curl: Part = { name: 'curl', isPresent: () => spawnSync('curl', ['--version']).status === 0 }

test('the README has commands of every kind that these tests run', () => {
  expect(readme.filter(isSkillwatch).length).toBeGreaterThan(2)
  expect(readme.filter((command) => ENDLESS.test(command))).not.toEqual([])
  expect(readme.filter(isCurl)).not.toEqual([])
})

test('every other command of the README is one of npm or docker compose', () => {
  const others = readme.filter((command) => !isSkillwatch(command) && !isCurl(command))
  expect(
    others.filter(
      (command) =>
        !/^(npm (ci|start|test|run \S+)( && )?)+$|^(SKILLWATCH_\w+=\S+ )*docker compose /.test(command),
    ),
  ).toEqual([])
})

test('every npm script that a document names exists', () => {
  const scripts = Object.keys(readPackage('.').scripts ?? {})
  const unknown = DOCUMENTS.flatMap((document) =>
    [...readText(document).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)]
      .map(([, script, short]) => script ?? short!)
      .filter((script) => !scripts.includes(script))
      .map((script) => `${document}: ${script}`),
  )
  expect(unknown).toEqual([])
})

test('the skillwatch commands of the README succeed', async () => {
  await using skillwatch = await startServices()
  const endless = readme.filter((command) => ENDLESS.test(command))
  const others = readme.filter((command) => isSkillwatch(command) && !ENDLESS.test(command))
  const watching = endless.map((command) => ({
    command,
    shell: runInShell(ownAddresses(command, skillwatch), skillwatch.env),
  }))
  for (const command of others) await expectSuccess(command, skillwatch)
  // Each prints something, since live calls are simulated until it does.
  for (const { command, shell } of watching) {
    while (shell.stdout() === '') {
      expect(shell.child.exitCode, `${command}: ${shell.output()}`).toBeNull()
      await expectSuccess('npx skillwatch simulate --project default --rate 20 --duration 1', skillwatch)
    }
    shell.signalGroup('SIGINT')
    await shell.exited
  }
})

describeWith(curl, 'the requests of the README', () => {
  test('are answered, and what they record is accepted', async () => {
    await using skillwatch = await startServices()
    for (const command of readme.filter(isCurl)) {
      const { output } = await expectSuccess(command, skillwatch)
      const answer = JSON.parse(output) as { accepted?: number; items?: unknown[] }
      expect(answer.accepted ?? answer.items, `${command}: ${output}`).toBeDefined()
      if (answer.accepted !== undefined)
        expect(answer).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] })
    }
  })
})

async function startServices(): Promise<Skillwatch> {
  const skillwatch = await createSkillwatch()
  await skillwatch.start('ingest')
  await Promise.all([skillwatch.start('ws-gateway'), skillwatch.start('exporter')])
  writeTranscript(skillwatch.folder)
  return skillwatch
}

async function expectSuccess(command: string, skillwatch: Skillwatch): Promise<{ output: string }> {
  const shell = runInShell(ownAddresses(command, skillwatch), skillwatch.env)
  await until(() => shell.child.exitCode !== null || shell.child.signalCode !== null, {
    timeoutMs: 90_000,
    what: `the end of ${command}`,
  })
  await shell.exited
  expect(shell.child.exitCode, `${command}: ${shell.output()}`).toBe(0)
  return { output: shell.stdout() }
}

/** The command with the ports of this test instead of the default ports. */
function ownAddresses(command: string, { urls }: Skillwatch): string {
  return command
    .replaceAll('http://127.0.0.1:8766', urls.ingest)
    .replaceAll('http://127.0.0.1:8765', urls['ws-gateway'])
    .replaceAll('http://127.0.0.1:9090', urls.exporter)
}
