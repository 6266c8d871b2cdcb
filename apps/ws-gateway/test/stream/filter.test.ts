import { KINDS, OUTCOMES, type StreamFilter } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileFilter } from '../../src/stream/filter.ts'
import type { FilteredFields } from '../../src/stream/serialised-change.ts'

const names = fc.constantFrom('a', 'b', 'c')
const fields: fc.Arbitrary<FilteredFields> = fc.record(
  {
    kind: fc.constantFrom(...KINDS),
    skill_name: names,
    session_id: names,
    outcome: fc.constantFrom(...OUTCOMES),
    workflow_phase: names,
  },
  { requiredKeys: ['kind', 'skill_name', 'session_id', 'outcome'] },
)
const oneOrMany = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 4 }))
const filters = fc.record(
  {
    kind: oneOrMany(fc.constantFrom(...KINDS)),
    skill_name: oneOrMany(names),
    session_id: oneOrMany(names),
    workflow_phase: oneOrMany(names),
    outcome: oneOrMany(fc.constantFrom(...OUTCOMES)),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<StreamFilter>

const aChange = (each: FilteredFields) => ({ entity: 'invocation' as const, fields: each })

test('a filter matches exactly what has one of its values in every field that it names', () => {
  fc.assert(
    fc.property(filters, fields, (filter, invocation) => {
      const expected = Object.entries(filter).every(([field, wanted]) =>
        [wanted].flat().some((value) => value === invocation[field as keyof FilteredFields]),
      )
      expect(compileFilter(filter).matches(aChange(invocation))).toBe(expected)
    }),
  )
})

test('filters that differ in the order of fields and values, or in repeated values, have one key', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const turned = Object.fromEntries(
        Object.entries(filter)
          .reverse()
          .map(([field, wanted]) => [field, [...[wanted].flat(), ...[wanted].flat()].reverse()]),
      )
      expect(compileFilter(turned as StreamFilter).key).toBe(compileFilter(filter).key)
    }),
  )
})

test('filters with equal keys match the same', () => {
  fc.assert(
    fc.property(filters, filters, fields, (one, other, invocation) => {
      const [first, second] = [compileFilter(one), compileFilter(other)]
      if (first.key === second.key)
        expect(first.matches(aChange(invocation))).toBe(second.matches(aChange(invocation)))
    }),
  )
})

test('without a filter everything matches', () => {
  const unfiltered = compileFilter()
  fc.assert(fc.property(fields, (invocation) => unfiltered.matches(aChange(invocation))))
})

test('a subscription is sent changes of invocations only, unless it names other entities', () => {
  const fieldsOfAny = { session_id: 'a' }
  const entities = ['invocation', 'use', 'turn', 'finding'] as const
  const matching = (filter: ReturnType<typeof compileFilter>) =>
    entities.filter((entity) => filter.matches({ entity, fields: fieldsOfAny }))
  expect(matching(compileFilter())).toEqual(['invocation'])
  expect(matching(compileFilter({ session_id: 'a' }, ['use', 'turn']))).toEqual(['use', 'turn'])
  expect(matching(compileFilter({ session_id: 'b' }, ['use', 'turn']))).toEqual([])
})

test('filters of different entities have different keys', () => {
  expect(compileFilter({}, ['use']).key).not.toBe(compileFilter({}, ['turn']).key)
  expect(compileFilter({}, ['use', 'turn']).key).toBe(compileFilter({}, ['turn', 'use']).key)
})
