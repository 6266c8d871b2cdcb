import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openReader, recount } from '@skillwatch/db'
import type { CoveragePage, Invocation } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './support/cli.ts'
import { chooseSeed, seededRandom } from './support/random.ts'
import { readInvocations } from './support/read.ts'
import {
  comparable,
  countedOf,
  endsOfCutOff,
  expectedCoverage,
  expectedRows,
  knownOf,
} from './support/session-script/compare.ts'
import {
  expectedCalls,
  SCRIPTED_WITNESSES,
  type ScriptedWitness,
} from './support/session-script/expected-calls.ts'
import { type Message, messagesOf, send, shuffled } from './support/session-script/messages.ts'
import { SCRIPT } from './support/session-script/script.ts'
import { type ScriptedSession, sessionId } from './support/session-script/session.ts'
import { transcriptFiles } from './support/session-script/transcript.ts'
import { createSkillwatch, type Skillwatch } from './support/skillwatch.ts'

const ORDERS = 3
/** Sessions whose messages are sent at the same time. */
const SESSIONS_AT_ONCE = 6
/** How long ago the sessions began: long enough for all of them to be over. */
const AGO_MS = 10 * 60_000

/** One set of witnesses in one order. */
interface Run {
  readonly session: ScriptedSession
  readonly subset: readonly ScriptedWitness[]
  /**
   * What is sent before the first import of the transcripts, between the two imports, and after the second.
   */
  readonly parts: readonly (readonly Message[])[]
}

const subsets = Array.from({ length: 2 ** SCRIPTED_WITNESSES.length - 1 }, (_, index) =>
  SCRIPTED_WITNESSES.filter((_witness, bit) => ((index + 1) >> bit) & 1),
)
const random = seededRandom(chooseSeed('witnesses'))
const startedAtMs = machineNowMs() - AGO_MS
const runs = subsets.flatMap((subset, number) =>
  Array.from({ length: ORDERS }, (_, order) => aRun(subset, `c0de${hex(number)}${hex(order)}`)),
)

function aRun(subset: readonly ScriptedWitness[], tag: string): Run {
  const session = { tag, startedAtMs }
  const messages = messagesOf(session, subset, random)
  const [first, second] = [random.between(0, messages.length), random.between(0, messages.length)].sort(
    (a, b) => a - b,
  )
  return {
    session,
    subset,
    parts: [messages.slice(0, first), messages.slice(first, second), messages.slice(second)],
  }
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}

let skillwatch: Skillwatch
let rows: Map<string, Invocation[]>
let coverage: CoveragePage

beforeAll(async () => {
  skillwatch = await createSkillwatch({ INGEST_OTLP_PORT: '0' })
  const ingest = await skillwatch.start('ingest')
  const url = skillwatch.urls.ingest
  await sendAll(url, 0)
  // As if the sessions still ran: their files end anywhere, also inside a line.
  await importTranscripts((text) => text.slice(0, random.between(0, text.length)))
  await sendAll(url, 1)
  await importTranscripts((text) => text)
  await sendAll(url, 2)
  await importTranscripts((text) => text, '--restart')
  // Hooks are answered before they are committed; ingest commits all of them before it exits.
  await ingest.stop()

  await skillwatch.start('ws-gateway')
  const gatewayUrl = skillwatch.urls['ws-gateway']
  rows = Map.groupBy(await readInvocations(gatewayUrl), ({ session_id }) => session_id)
  coverage = (await (await fetch(`${gatewayUrl}/v1/coverage?limit=1000`)).json()) as CoveragePage
})

afterAll(async () => skillwatch?.[Symbol.asyncDispose]())

async function sendAll(url: string, part: number): Promise<void> {
  const waiting = shuffled(runs, random)
  const worker = async () => {
    for (let run = waiting.pop(); run !== undefined; run = waiting.pop()) {
      for (const message of run.parts[part]!) await send(url, message)
    }
  }
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, worker))
}

async function importTranscripts(cut: (text: string) => string, ...options: string[]): Promise<void> {
  const folder = join(skillwatch.folder, 'projects')
  for (const { session, subset } of runs) {
    if (!subset.includes('transcript')) continue
    for (const { path, text } of transcriptFiles(session)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), cut(text))
    }
  }
  expect(await runCli(['import', 'claude-code', folder, ...options], skillwatch.env)).toMatchObject({
    code: 0,
  })
}

/** The runs of a set of witnesses, with the calls that are expected of them. */
function seenBy(subset: readonly ScriptedWitness[]) {
  return runs
    .filter((run) => run.subset === subset)
    .map(({ session }) => ({ session, id: sessionId(session), expected: expectedCalls(session, subset) }))
}

const named = subsets.map((subset) => ({ name: subset.join(' + '), subset }))

describe.each(named)('a session seen by $name', ({ subset }) => {
  const seen = seenBy(subset)

  test('has one row for each call that a witness sees, with the fields that they report', () => {
    for (const { session, id, expected } of seen) {
      expect(knownOf(session, rows.get(id) ?? [])).toEqual(expectedRows(session, expected))
    }
  })

  test('has the same rows in every order', () => {
    const [first, ...others] = seen.map(({ session, id, expected }) =>
      comparable(session, rows.get(id) ?? [], expected),
    )
    expect(others).toHaveLength(ORDERS - 1)
    for (const other of others) expect(other).toEqual(first)
  })

  test('has a coverage that contains the calls that each witness missed', () => {
    for (const { id, expected } of seen) {
      const reported = coverage.items.find(({ session_id }) => session_id === id)
      expect(reported && countedOf(reported)).toEqual(expectedCoverage(expected, subset))
    }
  })
})

describe.each(named.filter(({ subset }) => subset.includes('hook')))(
  'a session of which $name report calls, and a hook the end',
  ({ subset }) => {
    test('has one end for all calls that have no result, and none of them runs', () => {
      for (const { session, id, expected } of seenBy(subset)) {
        const own = rows.get(id) ?? []
        expect(own.filter(({ outcome }) => outcome === 'running')).toEqual([])
        const ends = endsOfCutOff(session, own, expected)
        expect(ends).toEqual(ends.map(() => expect.any(String)))
        expect(new Set(ends).size).toBeLessThanOrEqual(1)
      }
    })
  },
)

test('a transcript sees all thirty calls, and other witnesses have a reason for each they missed', () => {
  const whole = expectedCalls(runs[0]!.session, SCRIPTED_WITNESSES)
  expect(whole).toHaveLength(SCRIPT.length)
  const { items, blind_spots } = coverage
  const all = items.filter(({ witnesses }) => witnesses.length === SCRIPTED_WITNESSES.length)
  expect(all).toHaveLength(ORDERS)
  for (const { witnesses } of all) {
    const reasons = Object.fromEntries(
      witnesses.map(({ witness, missed }) => [
        witness,
        [...new Set(missed.map((each) => each.blind_spot_id))].sort(),
      ]),
    )
    expect(reasons).toEqual({
      sdk: ['sdk.unwrapped'],
      hook: ['hook.failed', 'hook.refused'],
      otel_log: ['otel_log.refused', 'otel_log.unfinished'],
      otel_span: ['otel_span.commands', 'otel_span.refused', 'otel_span.unfinished'],
      transcript: [],
    })
    const known = blind_spots.map(({ blind_spot_id }) => blind_spot_id)
    expect(known).toEqual(expect.arrayContaining(Object.values(reasons).flat()))
  }
})

test('recount finds no difference', () => {
  using reader = openReader(skillwatch.databaseUrl)
  expect(recount(reader, machineNowMs())).toEqual([])
})
