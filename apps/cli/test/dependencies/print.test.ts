import { Dependency, DependencySample, formatInstant, Transition } from '@skillwatch/schema'
import { aDependency, aDependencyReport, aTransition, NOW_MS } from '@skillwatch/testkit'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { localMinute, machineTimeZone } from '../../src/usage/time-zone.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

const last_updated_at = formatInstant(NOW_MS)
const { type: _, dependencies: __, transitions: ___, ...counted } = aDependencyReport()
const SAMPLE: DependencySample = { ...counted, enough: true, ignored_units: 3 }
const LONG = `plugin:${'a-long-name-'.repeat(12)}`

const PAIRS: Dependency[] = [
  { ...aDependency({ skill_b: 'plan', lift_score: 120 }), last_updated_at },
  { ...aDependency({ kind_a: 'command', skill_a: 'plan', skill_b: LONG, q_value: 0.012 }), last_updated_at },
  { ...aDependency({ skill_a: 'a\u202ered', skill_b: 'plan' }), last_updated_at },
]
const FOLLOWS: Transition[] = [
  { ...aTransition({ to_kind: 'agent', to_skill: LONG }), last_updated_at },
  { ...aTransition({ to_kind: 'mcp', to_skill: 'search', median_gap_ms: 0 }), last_updated_at },
]

/** A gateway that has these pairs, and these transitions from any skill but none to one. */
function gateway(): Promise<HttpDouble> {
  return startHttpDouble(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const transitions = searchParams.has('to') ? [] : FOLLOWS
    const items = pathname === '/v1/dependencies' ? PAIRS : transitions
    return { body: { items, next_cursor: null, sample: SAMPLE } }
  })
}

const deps = ({ url }: HttpDouble, args: readonly string[], width?: number) =>
  runHere(['deps', ...args, '--url', url], {}, width === undefined ? {} : { columns: width })

test('the answers that these tests use are of the wire format', () => {
  for (const pair of PAIRS) expect(Value.Check(Dependency, pair)).toBe(true)
  for (const transition of FOLLOWS) expect(Value.Check(Transition, transition)).toBe(true)
  expect(Value.Check(DependencySample, SAMPLE)).toBe(true)
})

test('of each pair the other skill is shown, with its share of the units of this one', async () => {
  await using double = await gateway()
  const { stdout, stderr } = await deps(double, ['plan'], 80)
  const [from, to] = [SAMPLE.since, SAMPLE.until].map((at) => localMinute(at, machineTimeZone()))
  const [head, ...tables] = stdout.split('\n\n')
  expect(head!.replaceAll('\n', ' ')).toBe(
    `100 sessions (3 ignored) from ${from} to ${to}, computed ${to}, ${machineTimeZone()}. Shown is what ` +
      'happens more often than by chance (q at most 0.05), the highest lift first.',
  )
  expect(tables.join('\n\n')).toBe(`\
Used together with plan
                                                                      OF
SKILL                                         LIFT  SESSIONS  SHARE  ITS       Q
deploy                                         120        15    60%  75%  <0.001
plugin:a-long-name-a-long-name-a-long-name-…   3.0        15    75%  60%   0.012
a�red                                          3.0        15    60%  75%  <0.001

Called next after plan
                                                  MEDIAN
SKILL                             SHARE  TIMES       GAP  LIFT  SESSIONS       Q
plugin:a-long-name-a-long-name-…    75%     15  1 m 30 s   3.0        12  <0.001
search (mcp)                        75%     15      0 ms   3.0        12  <0.001

Called before plan
Nothing more often than by chance.
`)
  expect(stderr).toBe('"plan" is the name of several kinds (command, skill); --kind shows one of them.\n')
})

test('where there is room nothing is cut', async () => {
  await using double = await gateway()
  const { stdout } = await deps(double, [])
  expect(stdout).toContain(`plan (command) + ${LONG} `)
  expect(stdout).toContain(`plan → ${LONG} (agent) `)
})

test('the gateway is asked for the skill on either side, after it, and before it', async () => {
  await using double = await gateway()
  await deps(double, ['plan', '--kind', 'skill', '--unit', 'turn', '--min-lift', '1.5', '--limit', '7'])
  const queries = double.requests.map(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const { unit, min_lift, limit, ...filter } = Object.fromEntries(searchParams)
    expect({ unit, min_lift, limit }).toEqual({ unit: 'turn', min_lift: '1.5', limit: '7' })
    return [pathname, filter]
  })
  expect(queries.sort()).toEqual([
    ['/v1/dependencies', { skill_name: 'plan', kind: 'skill' }],
    ['/v1/transitions', { from: 'plan', from_kind: 'skill' }],
    ['/v1/transitions', { to: 'plan', to_kind: 'skill' }],
  ])
})

test('JSON has all numbers, and no note', async () => {
  await using double = await gateway()
  const { stdout, stderr } = await deps(double, ['plan', '--json'])
  const { enough: ____, ...sample } = SAMPLE
  expect(JSON.parse(stdout)).toEqual({
    ...{ skill_name: 'plan', kind: null, unit: 'session', sample },
    together: { enough: true, items: PAIRS },
    next: { enough: true, items: FOLLOWS },
    before: { enough: true, items: [] },
  })
  expect(stderr).toBe('')
})
