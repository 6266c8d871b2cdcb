import type { Kind } from '@skillwatch/schema'
import { observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combineFields, mergeWitnesses, withObservation } from '../../src/recording/merge/merge.ts'
import { resolve } from '../../src/recording/merge/resolve.ts'
import type { WitnessRecord } from '../../src/recording/witness-record.ts'
import { parsed } from '../database.ts'

const observations = fc.array(
  observationArbitrary({ invocations: 1 }).map((each) => parsed(each)),
  { minLength: 1, maxLength: 8 },
)
const statement = observationArbitrary({ invocations: 1 }).map((each) => parsed(each).fields)

test('combining two statements of one witness is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(statement, statement, statement, (a, b, c) => {
      expect(combineFields(a, b)).toEqual(combineFields(b, a))
      expect(combineFields(combineFields(a, b), c)).toEqual(combineFields(a, combineFields(b, c)))
      expect(combineFields(combineFields(a, b), b)).toEqual(combineFields(a, b))
    }),
  )
})

test('any order and any repetition of observations resolves to the same row', () => {
  const shuffled = observations.chain((each) =>
    fc.tuple(
      fc.constant(each),
      fc.shuffledSubarray([...each, ...each], { minLength: each.length * 2, maxLength: each.length * 2 }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([straight, mixed]) => {
      expect(resolve(statesOf(mixed))).toEqual(resolve(statesOf(straight)))
    }),
  )
})

test.each([
  ['skill', 'custom_skill', 'pdf-fill'],
  ['skill', 'third-party', 'acme:pdf'],
  ['skill', 'Skill', 'pdf-fill'],
  ['command', 'custom_skill', 'deploy'],
  ['agent', 'custom', 'Explore'],
  ['agent', 'Task', 'Explore'],
  ['mcp', 'mcp_tool', 'mcp__github__search'],
] as const)(
  'of a %s the name %s never wins over %s, whichever witness reports it',
  (kind, placeholder, name) => {
    const call = { kind, session_id: 's' }
    const ofTwo = statesOf([
      parsed({ ...call, skill_name: placeholder, witness: 'sdk' }),
      parsed({ ...call, skill_name: name, witness: 'otel_log' }),
    ])
    expect(mergeWitnesses(ofTwo).skill_name).toBe(name)
    expect(mergeWitnesses(ofTwo.toReversed()).skill_name).toBe(name)
    const ofOne = statesOf([
      parsed({ ...call, skill_name: name, witness: 'otel_log' }),
      parsed({ ...call, skill_name: placeholder, witness: 'otel_log' }),
    ])
    expect(mergeWitnesses(ofOne).skill_name).toBe(name)
  },
)

test('what only stands for a name in one kind is a name in another', () => {
  const nameOf = (kind: Kind) =>
    mergeWitnesses(
      statesOf([
        parsed({ skill_name: 'custom', session_id: 's', witness: 'hook', kind }),
        parsed({ skill_name: 'something-else', session_id: 's', witness: 'import', kind }),
      ]),
    ).skill_name
  expect([nameOf('skill'), nameOf('agent')]).toEqual(['custom', 'something-else'])
})

test('a transcript that names the skill around a call wins against a hook, which assumes the agent', () => {
  const call = { skill_name: 'Read', session_id: 's', kind: 'tool' } as const
  const states = statesOf([
    parsed({ ...call, witness: 'hook', trigger: 'agent' }),
    parsed({ ...call, witness: 'transcript', trigger: 'nested' }),
  ])
  expect(resolve(states).trigger).toBe('nested')
})

test('a result outranks a more believed witness that saw only the start', () => {
  const states = statesOf([
    parsed({ skill_name: 'x', session_id: 's', witness: 'sdk', outcome: 'running' }),
    parsed({ skill_name: 'x', session_id: 's', witness: 'transcript', outcome: 'failed' }),
  ])
  expect(resolve(states).outcome).toBe('failed')
})

test('a call that was given up is corrected by a late result', () => {
  const states = statesOf([
    parsed({ skill_name: 'x', session_id: 's', outcome: 'abandoned' }),
    parsed({ skill_name: 'x', session_id: 's', outcome: 'completed' }),
  ])
  expect(resolve(states).outcome).toBe('completed')
})

test.each([
  [{}, 'running'],
  [{ outcome: 'running' as const, ended_at: 1_767_225_601_000 }, 'completed'],
  [{ execution_ms: 5 }, 'completed'],
  [{ error_type: 'TimeoutError' }, 'failed'],
  [{ outcome: 'rejected' as const, error_type: 'user' }, 'rejected'],
])('an observation with %j counts as %s', (stated, outcome) => {
  expect(
    resolve(
      statesOf([parsed({ skill_name: 'x', session_id: 's', invoked_at: 1_767_225_600_000, ...stated })]),
    ).outcome,
  ).toBe(outcome)
})

test('start and end stated apart give the span between them, and no execution time is invented', () => {
  const row = resolve(
    statesOf([
      parsed({ skill_name: 'x', session_id: 's', invoked_at: 1_767_225_600_000 }),
      parsed({ skill_name: 'x', session_id: 's', ended_at: 1_767_225_602_500, outcome: 'completed' }),
    ]),
  )
  expect(row).toMatchObject({
    elapsed_ms: 2_500,
    execution_ms: null,
    invoked_at_ms: 1_767_225_600_000,
    ended_at_ms: 1_767_225_602_500,
  })
})

function statesOf(observed: ReturnType<typeof parsed>[]): WitnessRecord[] {
  return observed.reduce<WitnessRecord[]>(
    (states, { witness, fields }) => withObservation(states, { witness, received_at_ms: 0, fields }),
    [],
  )
}
