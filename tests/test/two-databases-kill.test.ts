import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { appendToSpool } from '@skillwatch/client/spool'
import { formerSpoolFolder, openReader } from '@skillwatch/db'
import { anObservation, fixedClock, type RunningProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { chooseSeed, type Random, seededRandom } from './support/random.ts'
import { runInShell } from './support/shell.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'

const ROUNDS = 8

/** One of the two installations, and the calls of its hooks. */
interface Side {
  readonly name: string
  readonly skillwatch: Skillwatch
  readonly databasePath: string
  /** Calls whose hook was answered, or has ended. */
  readonly accepted: Set<string>
}

test('two databases in one folder store the calls of their own hooks only, though both ingests are killed', async () => {
  const random = seededRandom(chooseSeed('two-databases-kill'))
  await using first = await createSkillwatch()
  const databasePath = join(first.folder, 'second.db')
  await using second = await createSkillwatch({ SKILLWATCH_DATABASE_URL: `sqlite:${databasePath}` })
  const sides: readonly Side[] = [
    sideOf('first', first, join(first.folder, 'skillwatch.db')),
    sideOf('second', second, databasePath),
  ]
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(sides.map((side) => spoolCall(side, `absent-${round}`)))
    // What an earlier version left belongs to the database with the former default name, once there are
    // both.
    if (round === 1) leaveFormerLine(sides[0]!)
    await killBoth(sides, random, round)
  }
  await Promise.all(sides.map(({ skillwatch }) => skillwatch.start('ingest')))
  for (const side of sides) {
    const isComplete = () => {
      expect(missingIn(side)).toEqual([])
      return true
    }
    await until(isComplete, { timeoutMs: 60_000, what: `calls of ${side.name}` })
    expect(storedIds(side).filter((id) => !id.startsWith(side.name))).toEqual([])
  }
}, 300_000)

function sideOf(name: string, skillwatch: Skillwatch, databasePath: string): Side {
  return { name, skillwatch, databasePath, accepted: new Set() }
}

/** Starts both ingests, has both answer hooks, and kills both at random moments. */
async function killBoth(sides: readonly Side[], random: Random, round: number): Promise<void> {
  const ingests: RunningProcess[] = []
  for (const { skillwatch } of random.next() < 0.5 ? sides : sides.toReversed())
    ingests.push(await skillwatch.start('ingest'))
  const stop = new AbortController()
  const senders = sides.map((side) => sendUntilKilled(side, `round-${round}`, stop.signal))
  await Promise.all(sides.map((side) => spoolCall(side, `running-${round}`)))
  for (const ingest of ingests) {
    await sleep(random.next() * 100)
    ingest.kill('SIGKILL')
    await ingest.exited
  }
  stop.abort()
  await Promise.all(senders)
}

const event = (id: string) => ({
  session_id: 's',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'ls' },
  tool_use_id: id,
})

async function sendUntilKilled({ name, skillwatch, accepted }: Side, label: string, signal: AbortSignal) {
  for (let number = 0; !signal.aborted; number += 1) {
    const id = `${name}-${label}-${number}`
    const body = JSON.stringify(event(id))
    const url = `${skillwatch.urls.ingest}/v1/hooks/claude-code`
    const answer = await fetch(url, { method: 'POST', body }).catch(() => undefined)
    if (answer?.ok) accepted.add(id)
    else await sleep(5)
  }
}

/** Gives an event to `skillwatch hook`, as Claude Code does. */
async function spoolCall({ name, skillwatch, accepted }: Side, label: string): Promise<void> {
  const id = `${name}-spooled-${label}`
  const path = join(skillwatch.folder, `${id}.json`)
  writeFileSync(path, JSON.stringify(event(id)))
  const hook = runInShell(`${process.execPath} apps/cli/bin.mjs hook < ${path}`, skillwatch.env)
  expect(await hook.exited).toEqual({ code: 0, signal: null })
  expect(hook.output()).toBe('')
  accepted.add(id)
}

function leaveFormerLine({ name, databasePath, accepted }: Side): void {
  const id = `${name}-former`
  const line = JSON.stringify(anObservation({ invocation_id: id }))
  appendToSpool(formerSpoolFolder(databasePath), line, { now: fixedClock })
  accepted.add(id)
}

function storedIds({ databasePath }: Side): string[] {
  using reader = openReader(`sqlite:${databasePath}`)
  return reader.sqlite.prepare('select invocation_id from skill_invocation').pluck().all() as string[]
}

function missingIn(side: Side): string[] {
  const stored = new Set(storedIds(side))
  return [...side.accepted].filter((id) => !stored.has(id))
}
