import { BLIND_SPOTS, formatInstant, KINDS, type Observation, OUTCOMES, WITNESSES } from '@skillwatch/schema'
import { anObservation, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { getCoverage, listCoverage, listSessions, type Reader } from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { allPages, recorded } from './recorded.ts'

const call = (invocation_id: string, witness: Observation['witness'], more: Partial<Observation> = {}) =>
  anObservation({
    invocation_id,
    session_id: 's',
    witness,
    invoked_at: NOW_MS - 1_000,
    ended_at: NOW_MS,
    ...more,
  })

test('coverage gives for each witness the calls it saw, saw alone, and missed, with the reason', async () => {
  using database = await recorded([
    call('both', 'hook'),
    call('both', 'transcript'),
    call('alone', 'hook', { kind: 'tool' }),
    call('failed', 'transcript', { outcome: 'failed' }),
    call('refused-1', 'transcript', { outcome: 'rejected', kind: 'tool' }),
    call('refused-2', 'transcript', { outcome: 'rejected', kind: 'tool' }),
  ])
  expect(getCoverage(database.reader, PROJECT, 's')).toEqual({
    session_id: 's',
    last_active_at: formatInstant(NOW_MS),
    invocation_count: 5,
    witnesses: [
      {
        witness: 'hook',
        seen_count: 2,
        missed_count: 3,
        alone_count: 1,
        missed: [
          { kind: 'tool', outcome: 'rejected', invocation_count: 2, blind_spot_id: 'hook.refused' },
          { kind: 'skill', outcome: 'failed', invocation_count: 1, blind_spot_id: 'hook.failed' },
        ],
      },
      {
        witness: 'transcript',
        seen_count: 4,
        missed_count: 1,
        alone_count: 3,
        missed: [
          { kind: 'tool', outcome: 'completed', invocation_count: 1, blind_spot_id: 'transcript.cleanup' },
        ],
      },
    ],
  })
  expect(getCoverage(database.reader, PROJECT, 'unknown')).toBeUndefined()
})

test('a completed call that hooks missed has no known reason', async () => {
  using database = await recorded([call('a', 'hook'), call('b', 'transcript')])
  const [hook] = getCoverage(database.reader, PROJECT, 's')!.witnesses
  expect(hook?.missed).toMatchObject([{ outcome: 'completed', blind_spot_id: null }])
})

test('a late witness no longer counts as having missed the call', async () => {
  using database = await recorded([
    call('a', 'hook', { outcome: 'running', ended_at: undefined }),
    call('b', 'hook'),
  ])
  await database.record([call('a', 'transcript'), call('b', 'transcript')])
  const { witnesses } = getCoverage(database.reader, PROJECT, 's')!
  expect(
    witnesses.map(({ witness, seen_count, missed_count }) => ({ witness, seen_count, missed_count })),
  ).toEqual([
    { witness: 'hook', seen_count: 2, missed_count: 0 },
    { witness: 'transcript', seen_count: 2, missed_count: 0 },
  ])
})

test('coverage equals a count over the witnesses of each call, whatever was recorded', async () => {
  const sessionId = fc.integer({ min: 1, max: 6 }).map((number) => `session-${number}`)
  const observation = fc
    .tuple(observationArbitrary({ invocations: 40 }), sessionId)
    .map(([item, session_id]) => ({ ...item, session_id }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(observation, { minLength: 10, maxLength: 80 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('asc' as const, 'desc' as const),
      async (items, limit, order) => {
        using database = await recorded(items)
        const { reader } = database
        const listed = allPages((cursor) =>
          listCoverage(reader, PROJECT, { limit, order, ...(cursor && { cursor }) }),
        )
        const sessions = allPages((cursor) =>
          listSessions(reader, PROJECT, { limit, order, ...(cursor && { cursor }) }),
        )
        expect(listed.map((each) => each.session_id)).toEqual(sessions.map((each) => each.session_id))
        for (const [index, session] of listed.entries()) {
          expect(session.invocation_count).toBe(sessions[index]!.invocation_count)
          expect(getCoverage(reader, PROJECT, session.session_id)).toEqual(session)
          const counted = countSeen(reader, session.session_id)
          expect(
            Object.fromEntries(session.witnesses.map((each) => [each.witness, each.seen_count])),
          ).toEqual(counted)
          for (const { seen_count, missed_count, missed } of session.witnesses) {
            expect(seen_count + missed_count).toBe(session.invocation_count)
            expect(missed.reduce((sum, each) => sum + each.invocation_count, 0)).toBe(missed_count)
          }
        }
      },
    ),
    { numRuns: 20 },
  )
})

function countSeen(reader: Reader, sessionId: string): Record<string, number> {
  const lists = reader.sqlite
    .prepare<[string], string>('select witnesses from skill_invocation where session_id = ?')
    .pluck()
    .all(sessionId)
  const counts: Record<string, number> = {}
  for (const witness of lists.flatMap((list) => list.split(',')))
    counts[witness] = (counts[witness] ?? 0) + 1
  return counts
}

/** What the witnesses of Claude Code see of calls that end so; a transcript sees them all. */
const SEEN_BY: Readonly<
  Record<'hook' | 'otel_log' | 'otel_span' | 'transcript', (call: Scripted) => boolean>
> = {
  hook: ({ outcome }) => outcome === 'completed' || outcome === 'failed',
  otel_log: ({ kind, outcome }) => kind !== 'command' && (outcome === 'completed' || outcome === 'failed'),
  otel_span: ({ kind, outcome }) => kind !== 'command' && (outcome === 'completed' || outcome === 'failed'),
  transcript: () => true,
}

type Scripted = Required<Pick<Observation, 'kind' | 'outcome'>>

const script: Scripted[] = [
  ...Array.from({ length: 14 }, () => ({ kind: 'tool', outcome: 'completed' }) as const),
  ...Array.from({ length: 4 }, () => ({ kind: 'skill', outcome: 'completed' }) as const),
  ...Array.from({ length: 3 }, () => ({ kind: 'tool', outcome: 'failed' }) as const),
  ...Array.from({ length: 4 }, () => ({ kind: 'tool', outcome: 'rejected' }) as const),
  ...Array.from({ length: 2 }, () => ({ kind: 'agent', outcome: 'abandoned' }) as const),
  ...Array.from({ length: 3 }, () => ({ kind: 'command', outcome: 'completed' }) as const),
]

test('for any set of witnesses, coverage gives what each missed, always with a reason', async () => {
  const witnesses = Object.keys(SEEN_BY) as (keyof typeof SEEN_BY)[]
  for (let bits = 1; bits < 2 ** witnesses.length; bits += 1) {
    const present = witnesses.filter((_, index) => bits & (1 << index))
    using database = await recorded(
      script.flatMap((scripted, index) =>
        present
          .filter((witness) => SEEN_BY[witness](scripted))
          .map((witness) => call(`call-${index}`, witness, scripted)),
      ),
    )
    const { invocation_count, witnesses: covered } = getCoverage(database.reader, PROJECT, 's')!
    const known = script.filter((scripted) => present.some((witness) => SEEN_BY[witness](scripted)))
    expect(invocation_count).toBe(known.length)
    expect(covered.map(({ witness, seen_count }) => [witness, seen_count])).toEqual(
      present.map((witness) => [witness, known.filter(SEEN_BY[witness]).length]),
    )
    for (const { missed } of covered)
      expect(missed.filter((each) => each.blind_spot_id === null)).toEqual([])
  }
})

test('every blind spot has a unique id that names its witness, and uses words of the vocabulary', () => {
  expect(new Set(BLIND_SPOTS.map((spot) => spot.blind_spot_id)).size).toBe(BLIND_SPOTS.length)
  for (const { blind_spot_id, witness, kinds = [], outcomes = [], reason } of BLIND_SPOTS) {
    expect(blind_spot_id.startsWith(`${witness}.`)).toBe(true)
    expect(KINDS).toEqual(expect.arrayContaining([...kinds]))
    expect(OUTCOMES).toEqual(expect.arrayContaining([...outcomes]))
    expect(reason).toMatch(/\.$/)
  }
  expect(new Set(BLIND_SPOTS.map((spot) => spot.witness))).toEqual(new Set(WITNESSES))
})
