import { DURATION_BOUNDS_MS, durationBucket, type InvocationRow } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProject, type HourlyCalls, hourlyCalls, type Reader, snapshot } from '../../src/index.ts'
import { HOUR_MS } from '../../src/time.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { recorded } from './recorded.ts'

const FROM_MS = Date.UTC(2026, 0, 1)
const EVER = [0, FROM_MS + 10_000 * HOUR_MS] as const
const AT = FROM_MS + 30 * 60_000

function read(reader: Reader, projectId = PROJECT, range: readonly [number, number] = EVER) {
  return snapshot(reader, () => [...hourlyCalls(reader, projectId, range)])
}

/** As text, since a name may be `__proto__`. */
function texts(hours: readonly HourlyCalls[]): string[] {
  return hours.map(({ duration_counts, follow_counts, ...counts }) => {
    const follows = Object.entries(follow_counts).sort(([a], [b]) => (a < b ? -1 : 1))
    const durations = DURATION_BOUNDS_MS.map((_, bucket) => duration_counts[bucket] ?? 0)
    const sorted = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify([sorted, durations, follows])
  })
}

type MutableHour = { -readonly [Key in keyof HourlyCalls]: HourlyCalls[Key] } & {
  duration_counts: number[]
  follow_counts: Record<string, number>
}

/** The same from the rows, one by one. */
function counted(rows: readonly InvocationRow[], projectId: number, [from, to]: readonly [number, number]) {
  const hours = new Map<string, MutableHour>()
  const endOf = (row: InvocationRow) => row.invoked_at_ms + (row.elapsed_ms ?? row.execution_ms ?? 0)
  const hourOf = ({ kind, skill_name }: InvocationRow, endMs: number) => {
    const hour_at_ms = Math.floor(endMs / HOUR_MS) * HOUR_MS
    const key = JSON.stringify([kind, skill_name, hour_at_ms])
    const counts = {
      invocation_count: 0,
      completed_count: 0,
      failed_count: 0,
      rejected_count: 0,
      abandoned_count: 0,
    }
    const none = {
      ...counts,
      duration_counts: DURATION_BOUNDS_MS.map(() => 0),
      follow_counts: Object.create(null),
    }
    if (!hours.has(key)) hours.set(key, { kind, skill_name, hour_at_ms, ...none })
    return hours.get(key)!
  }
  const inRange = rows.filter((row) => {
    const isKnown = row.outcome !== 'running' && row.project_id === projectId
    return isKnown && row.invoked_at_ms >= from && endOf(row) < to
  })
  for (const row of inRange) {
    const hour = hourOf(row, endOf(row))
    hour.invocation_count += 1
    hour[`${row.outcome}_count` as 'failed_count'] += 1
    const durationMs = row.elapsed_ms ?? row.execution_ms
    const isMeasured = row.outcome === 'completed' || row.outcome === 'failed'
    if (isMeasured && durationMs !== null) hour.duration_counts[durationBucket(durationMs)]! += 1
  }
  for (const ofSession of Map.groupBy(inRange, ({ session_id }) => session_id).values()) {
    const order = ({ kind, skill_name, ...row }: InvocationRow) =>
      [row.invoked_at_ms, kind, skill_name, row.elapsed_ms ?? row.execution_ms ?? -1] as const
    const ordered = ofSession.toSorted((a, b) => {
      const [x, y] = [order(a), order(b)]
      const first = x.findIndex((value, i) => value !== y[i])
      return first < 0 ? 0 : x[first]! < y[first]! ? -1 : 1
    })
    for (const [i, next] of ordered.slice(1).entries()) {
      const { follow_counts } = hourOf(ordered[i]!, Math.max(endOf(ordered[i]!), endOf(next)))
      follow_counts[next.skill_name] = (follow_counts[next.skill_name] ?? 0) + 1
    }
  }
  return [...hours.values()]
}

test('hours are what counting the rows gives, of any project and any range', async () => {
  const observations = fc.array(observationArbitrary({ invocations: 40 }), { maxLength: 30 })
  const hour = fc.integer({ min: -2, max: 80 }).map((hours) => FROM_MS + hours * HOUR_MS)
  await fc.assert(
    fc.asyncProperty(observations, observations, hour, hour, async (ours, others, one, other) => {
      using database = openTestDatabase()
      const { writer } = database
      const second = createProject(writer, 'second', NOW_MS).project_id
      const jobs = [
        { projectId: PROJECT, observations: ours.map((each) => parsed(each)) },
        { projectId: second, observations: others.map((each) => parsed(each)) },
      ]
      await createRecord(writer)(jobs, NOW_MS)
      const rows = writer.sqlite.prepare<[], InvocationRow>('select * from skill_invocation').all()
      for (const projectId of [PROJECT, second]) {
        for (const range of [EVER, [Math.min(one, other), Math.max(one, other)]] as const) {
          const expected = texts(counted(rows, projectId, range)).sort()
          expect(texts(read(writer, projectId, range)).sort()).toEqual(expected)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('the order in which calls arrive does not matter, also of calls that began together', async () => {
  const calls = ['a', 'b', 'c', 'd', 'e', 'f'].map((invocation_id, i) =>
    anObservation({
      invocation_id,
      skill_name: `skill-${i % 4}`,
      invoked_at: AT,
      execution_ms: 10 * (i % 3),
    }),
  )
  using one = await recorded(calls)
  using other = await recorded(calls.toReversed())
  expect(texts(read(one.reader))).toEqual(texts(read(other.reader)))
})

test('a call counts in the hour of its end, what follows when both have ended, a running call not', async () => {
  const long = { invoked_at: AT, execution_ms: HOUR_MS }
  using database = await recorded([
    anObservation({ invocation_id: 'a', skill_name: 'plan', kind: 'agent', ...long }),
    anObservation({ invocation_id: 'b', skill_name: 'Bash', kind: 'tool', invoked_at: AT + 1_000 }),
    {
      invocation_id: 'c',
      skill_name: 'Bash',
      session_id: 'session-1',
      kind: 'tool',
      invoked_at: AT + 2_000,
    },
  ])
  expect(read(database.reader)).toMatchObject([
    { kind: 'agent', hour_at_ms: FROM_MS + HOUR_MS, invocation_count: 1, follow_counts: { Bash: 1 } },
    { kind: 'tool', hour_at_ms: FROM_MS, invocation_count: 1, follow_counts: {} },
  ])
  expect(read(database.reader, PROJECT, [FROM_MS, FROM_MS + HOUR_MS])).toMatchObject([
    { kind: 'tool', invocation_count: 1 },
  ])
})

test('calls of a skill are read from an index alone, those of a session in its order', async () => {
  using database = await recorded([anObservation({ invoked_at: AT })])
  const plans = await plansOf(database.reader, () => {
    read(database.reader)
  })
  const [ofSkill] = plans.filter(({ sql }) => sql.includes('indexed by skill_invocation_by_skill'))
  expect(ofSkill!.plan).toEqual([
    expect.stringMatching(
      /^SEARCH skill_invocation USING COVERING INDEX skill_invocation_by_skill \(.*invoked_at_ms<\?\)$/,
    ),
  ])
  const [ofSession] = plans.filter(({ sql }) => sql.includes('indexed by skill_invocation_by_session'))
  expect(ofSession!.plan).toEqual([
    expect.stringMatching(
      /^SEARCH skill_invocation USING INDEX skill_invocation_by_session \(.*invoked_at_ms<\?\)$/,
    ),
    expect.stringMatching(/^USE TEMP B-TREE FOR LAST/),
  ])
})
