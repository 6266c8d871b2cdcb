import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, recount, streamPosition } from '@skillwatch/db'
import type { SessionSummary, SkillSummary } from '@skillwatch/schema'
import { machineNowMs, sharedData } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, startCli } from './support/cli.ts'
import { describeWith, type Part } from './support/parts.ts'
import { chooseSeed, seededRandom } from './support/random.ts'
import { readAll, readInvocations } from './support/read.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'
import { turnsDerived } from './support/turns-derived.ts'

const PROJECT_ID = 1
const KILLS = 10
/**
 * A kill must interrupt an import, so it imports this many copies of the few sessions, each with its own
 * ids.
 */
const COPIES = 8

const realSessions: Part = {
  name: 'folder of real sessions (shared/data beside the repository)',
  isPresent: () => sharedData() !== undefined,
}

interface Manifest {
  readonly totals: {
    readonly files: number
    readonly tool_calls: number
    readonly errors: number
    readonly sessions: number
    readonly tools: Readonly<Record<string, number>>
    readonly skills: Readonly<Record<string, number>>
  }
  readonly files: readonly {
    readonly path: string
    readonly slash_commands: Readonly<Record<string, number>>
  }[]
}

describeWith(realSessions, 'importing real sessions', () => {
  test('gives each call, error, tool, skill, command and session that they contain once', async () => {
    const manifest = JSON.parse(readFileSync(join(sharedData()!, 'manifest.json'), 'utf8')) as Manifest
    const { totals } = manifest
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('ws-gateway')
    const gatewayUrl = skillwatch.urls['ws-gateway']
    const args = ['import', 'claude-code', join(sharedData()!, 'claude-code')]

    expect(await runCli(args, skillwatch.env)).toMatchObject({ code: 0 })
    const invocations = await readInvocations(gatewayUrl)
    const calls = invocations.filter(({ kind }) => kind !== 'command')
    expect(calls).toHaveLength(totals.tool_calls)
    const errors = calls.filter(({ outcome }) => outcome === 'failed' || outcome === 'rejected')
    expect(errors).toHaveLength(totals.errors)
    expect(countBy(calls, ({ attributes }) => String(attributes?.['gen_ai.tool.name']))).toEqual(
      totals.tools,
    )
    expect(names(invocations, 'skill')).toEqual(
      Object.fromEntries(
        Object.entries(totals.skills).map(([input, count]) => [JSON.parse(input).skill, count]),
      ),
    )
    expect(names(invocations, 'command')).toEqual(commandsOf(manifest))
    expect(new Set(invocations.map(({ session_id }) => session_id)).size).toBe(totals.sessions)

    const sessions = await readAll<SessionSummary>(gatewayUrl, '/v1/sessions?limit=2')
    expect(sessions).toHaveLength(totals.sessions)
    expect(sum(sessions.map((session) => session.invocation_count))).toBe(invocations.length)
    const skills = await readAll<SkillSummary>(gatewayUrl, '/v1/skills')
    expect(sum(skills.map((skill) => skill.invocation_count))).toBe(invocations.length)

    await turnsDerived(skillwatch.databaseUrl)
    const before = contentOf(skillwatch)
    const again = await runCli([...args, '--json'], skillwatch.env)
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({
      files: { found: totals.files, unchanged: totals.files },
    })
    expect(contentOf(skillwatch)).toEqual(before)
    // Also without the checkpoints of the first import.
    expect(await runCli([...args, '--restart'], skillwatch.env)).toMatchObject({ code: 0 })
    expect(contentOf(skillwatch)).toEqual(before)
    expect(await runCli(['recount'], skillwatch.env)).toMatchObject({ code: 0 })
  })

  test('killed at any moment and run again ends in the same rows', async () => {
    const random = seededRandom(chooseSeed('import'))
    await using straight = await createSkillwatch()
    await using killed = await createSkillwatch()
    await Promise.all([straight.start('ingest'), killed.start('ingest')])
    const args = ['import', 'claude-code', copySessions(straight.folder)]

    // The first import may take longer than later ones, which are to be killed before their end.
    const first = await importMs(args, straight.env)
    const wholeMs = Math.min(first, await importMs([...args, '--restart'], straight.env))

    let killsAtWork = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Some imports ignore the checkpoints, so that later kills still interrupt work.
      const importer = startCli(random.pick([args, [...args, '--restart']]), killed.env)
      await Promise.race([sleep(wholeMs * (0.3 + 0.7 * random.next())), importer.result])
      importer.child.kill('SIGKILL')
      if ((await importer.result).signal === 'SIGKILL') killsAtWork += 1
    }
    expect(killsAtWork).toBeGreaterThan(0)
    expect(await runCli(args, killed.env)).toMatchObject({ code: 0 })
    expect(contentOf(killed).rows).toEqual(contentOf(straight).rows)
    using reader = openReader(killed.databaseUrl)
    expect(recount(reader, machineNowMs())).toEqual([])
  })
})

/** All rows without the columns that differ between two databases, and the last offset of the change log. */
function contentOf({ databaseUrl }: Skillwatch): { rows: unknown[]; lastOffset: number } {
  using reader = openReader(databaseUrl)
  const rows = reader.sqlite
    .prepare('select * from skill_invocation order by invocation_id')
    .all() as object[]
  return {
    // Row ids count every attempt to write, receipt is later in the database of the killed importer, and
    // each database has its own key for hashes.
    rows: rows.map((row) => ({
      ...row,
      row_id: 0,
      received_at_ms: 0,
      user_hash: null,
      user_query_hash: null,
    })),
    lastOffset: streamPosition(reader, PROJECT_ID).last_offset,
  }
}

function copySessions(folder: string): string {
  const source = join(sharedData()!, 'claude-code')
  const target = join(folder, 'projects')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.jsonl'),
  )
  const ids = files.map((path) => basename(path, '.jsonl').replace(/^agent-/, ''))
  for (let copy = 0; copy < COPIES; copy += 1) {
    const renamed = (text: string) => ids.reduce((each, id) => each.replaceAll(id, `${copy}-${id}`), text)
    for (const path of files) {
      const file = join(target, `copy-${copy}`, renamed(path))
      mkdirSync(dirname(file), { recursive: true })
      const text = readFileSync(join(source, path), 'utf8')
      writeFileSync(file, renamed(text).replaceAll('toolu_', `toolu_${copy}_`))
    }
  }
  return target
}

/** Imports whole, and measures how long that takes. */
async function importMs(args: readonly string[], env: Skillwatch['env']): Promise<number> {
  const startedMs = performance.now()
  expect(await runCli(args, env)).toMatchObject({ code: 0 })
  return performance.now() - startedMs
}

function commandsOf({ files }: Manifest): Record<string, number> {
  const typed = files.flatMap(({ slash_commands }) =>
    Object.entries(slash_commands).flatMap(([name, count]) => Array<string>(count).fill(name)),
  )
  return countBy(typed, (name) => name.replace(/^\//, ''))
}

function names(
  invocations: readonly { kind: string; skill_name: string }[],
  kind: string,
): Record<string, number> {
  return countBy(
    invocations.filter((each) => each.kind === kind),
    ({ skill_name }) => skill_name,
  )
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(items, key)].map(([name, each]) => [name, each.length]))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
