import { Finding } from '@skillwatch/schema'
import { fixedClock } from '@skillwatch/testkit'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { columns } from '../../src/text.ts'
import { localMinute, machineTimeZone } from '../../src/usage/time-zone.ts'
import { aFinding, aResolvedFinding } from '../findings/some-finding.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

const BOTH = [aFinding(), aResolvedFinding()]
const at = (instant: string) => localMinute(instant, machineTimeZone())
const OPENED = at(aFinding().opened_at)

function gatewayWith(items: readonly object[], next_cursor: string | null = null): Promise<HttpDouble> {
  return startHttpDouble(() => ({ body: { items, next_cursor } }))
}

function findings({ url }: HttpDouble, args: readonly string[] = [], width?: number) {
  const terminal = { nowMs: fixedClock, ...(width !== undefined && { columns: width }) }
  return runHere(['findings', ...args, '--url', url], {}, terminal)
}

test('the findings that these tests use are of the wire format', () => {
  expect(BOTH.every((finding) => Value.Check(Finding, finding))).toBe(true)
})

test('findings shows a row for each open finding', async () => {
  await using gateway = await gatewayWith([aFinding()])
  expect(await findings(gateway)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `\
SKILL     KIND   OPENED            WHAT                  EXPECTED → OBSERVED  CALLS       Q
pdf-fill  skill  ${OPENED}  completion_rate drop  99.8% → 0%              10  3.8e-8
`,
  })
  expect(gateway.requests.map(({ path }) => path)).toEqual(['/v1/findings?state=open&order=desc&limit=50'])
})

test('with findings that are over, their end is shown', async () => {
  await using gateway = await gatewayWith(BOTH)
  const { stdout } = await findings(gateway, ['--state', 'all'], 140)
  const [head, open, over] = stdout.split('\n')
  expect(head).toMatch(/OPENED +RESOLVED +WHAT/)
  expect(open).toContain(`${OPENED}  open  `)
  expect(over).toMatch(/^review-�all +agent /)
  expect(over).toContain(`${at(aResolvedFinding().resolved_at!)}  duration slowdown`)
  expect(over).toMatch(/2\.0 s → 20\.1 s +1,250 +<1e-300$/)
})

test.each([80, 140])(
  'at %i columns all lines fit, names are whole, and it says what differs',
  async (width) => {
    const long = aFinding({ finding_id: 'f2', skill_name: 'skill-of-20-letters!' })
    const calls = { metric: 'volume', subtype: 'spike', baseline_value: 4.2, observed_value: 1_200 } as const
    await using gateway = await gatewayWith([long, aFinding({ finding_id: 'f3', ...calls }), ...BOTH])
    for (const args of [[], ['--explain']]) {
      const { stdout } = await findings(gateway, ['--state', 'all', ...args], width)
      expect(stdout.split('\n').filter((line) => columns(line) > width)).toEqual([])
      expect(stdout).toContain('skill-of-20-letters!')
      expect(stdout).toContain('completion_rate drop')
      expect(stdout).toContain('99.8% → 0%')
      expect(stdout).toContain('4.2 → 1,200 calls')
      expect(stdout).toMatch(/\bopen\b/)
    }
  },
)

test('--explain shows each finding as `analyse` does', async () => {
  await using gateway = await gatewayWith(BOTH)
  const { stdout } = await findings(gateway, ['--explain'])
  expect(stdout.split('\n').slice(0, 6)).toEqual([
    'skill pdf-fill: completion_rate drop',
    `    ${OPENED}, open`,
    '    99.8% → 0%, samples 360 → 10, q 3.8e-8',
    `    ${aFinding().explanation}`,
    '',
    'agent review-�all: duration slowdown',
  ])
})

test('its options are sent as the parameters of the list', async () => {
  await using gateway = await gatewayWith([])
  const args = [
    '--state',
    'all',
    '--kind',
    'agent',
    '--skill',
    'a b',
    '--since',
    '2026-11-01',
    '--limit',
    '7',
  ]
  await findings(gateway, args)
  const { searchParams } = new URL(gateway.requests[0]!.path, gateway.url)
  expect(Object.fromEntries(searchParams)).toEqual({
    ...{ state: 'all', kind: 'agent', skill_name: 'a b', limit: '7', order: 'desc' },
    since: '2026-11-01T00:00:00.000Z',
  })
})

test('more findings than --limit are announced, from as many pages as it takes', async () => {
  await using gateway = await startHttpDouble((_, index) => ({
    body: { items: [aFinding({ finding_id: `f${index}` })], next_cursor: 'next' },
  }))
  const { stdout, stderr } = await findings(gateway, ['--limit', '2'])
  expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  expect(stderr).toBe('These are the 2 last opened findings; --limit shows more.\n')
})

test('--json prints the items as they are', async () => {
  for (const items of [[{ ...aFinding(), later_field: 1 }], []]) {
    await using gateway = await gatewayWith(items)
    const { stdout, stderr } = await findings(gateway, ['--json'])
    expect({ items: JSON.parse(stdout), stderr }).toEqual({ items, stderr: '' })
  }
})

test('--csv prints a header and one line for each finding', async () => {
  await using gateway = await gatewayWith(BOTH)
  const { stdout } = await findings(gateway, ['--csv'])
  expect(stdout).toMatch(/^finding_id,type,.*\r\nf1,anomaly,drop,.*\r\nf0,anomaly,slowdown,.*\r\n$/)
})

test.each([
  [[], 'No finding is open. `skillwatch findings --state all` also shows those that are over; `skillwatch'],
  [['--skill', 'x'], 'No open finding matches. `skillwatch findings --state all` also shows those'],
  [['--state', 'all'], 'Nothing was found yet. `skillwatch analyse` says which skills have enough calls'],
  [['--state', 'resolved'], 'Nothing was found that is over yet. `skillwatch analyse` says'],
  [
    ['--state', 'all', '--kind', 'agent'],
    'No finding matches. `skillwatch findings --state all` shows all.',
  ],
])('without findings, %j notes what to type next', async (args, text) => {
  await using gateway = await gatewayWith([])
  const { code, stdout, stderr } = await findings(gateway, args)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr.replaceAll('\n', ' ')).toContain(text)
})

test.each(['0', '1.5', '10001', 'x'])('--limit %s is refused', async (limit) => {
  const { code, stderr } = await runHere(['findings', '--limit', limit])
  expect(code).toBe(2)
  expect(stderr).toContain('Expected a number of findings from 1 to 10000.')
})
