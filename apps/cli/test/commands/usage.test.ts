import { type Overview, type UsageItem, UsageReply } from '@skillwatch/schema'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { machineTimeZone } from '../../src/usage/time-zone.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

const SUMS = {
  calls: 0,
  failed_calls: 0,
  responses: 2,
  input_tokens: 1_234,
  output_tokens: 56,
  cache_read_tokens: 78_900,
  cache_creation_tokens: 0,
  cost_usd: 1.25,
  cost_source: 'estimated' as const,
  unpriced_responses: 0,
}

function aReply(items: UsageItem[]): UsageReply {
  return {
    since: '2025-11-01T00:00:00.000Z',
    until: '2025-11-22T12:00:00.000Z',
    time_zone: 'UTC',
    by: ['day', 'model'],
    items,
    totals: SUMS,
  }
}

const REPLY = aReply([{ ...SUMS, day: '2025-11-21', model: 'claude-opus-4-5' }])
const WINDOW = ['--since', '2025-11-01', '--until', '2025-11-22T12:00:00Z', '--time-zone', 'UTC']

const AN_OVERVIEW: Overview = {
  since: '2025-11-22T11:00:00.000Z',
  until: '2025-11-22T12:00:00.000Z',
  session_count: 0,
  kinds: [],
  skills: [],
  usage: SUMS,
  last_invoked_at: null,
}

function gatewayWith(reply: unknown): Promise<HttpDouble> {
  return startHttpDouble(() => ({ body: reply }))
}

function usage({ url }: HttpDouble, ...args: string[]) {
  return runHere(['usage', ...args, '--url', url])
}

/** The query of the one request that the gateway received. */
function queryTo({ requests }: HttpDouble): Record<string, string> {
  const { pathname, searchParams } = new URL(requests[0]!.path, 'http://localhost')
  expect({ pathname, count: requests.length }).toEqual({ pathname: '/v1/usage', count: 1 })
  return Object.fromEntries(searchParams)
}

test('the reply that these tests use is one of the wire format', () => {
  expect(Value.Check(UsageReply, REPLY)).toBe(true)
})

test('usage shows each day by model', async () => {
  await using gateway = await gatewayWith(REPLY)
  const { code, stdout, stderr } = await usage(gateway, ...WINDOW)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`\
Usage by day and model
2025-11-01 00:00 to 2025-11-22 12:00, UTC

DAY/MODEL            RESPONSES  INPUT  OUTPUT  CACHE WRITE  CACHE READ  TOTAL TOKENS    COST
2025-11-21                   2  1,234      56            0      78,900        80,190  ~$1.25
  - claude-opus-4-5          2  1,234      56            0      78,900        80,190  ~$1.25
TOTAL                        2  1,234      56            0      78,900        80,190  ~$1.25

~ estimated from prices per token.
`)
  expect(queryTo(gateway)).toEqual({
    by: 'day,model',
    since: '2025-11-01T00:00:00.000Z',
    until: '2025-11-22T12:00:00.000Z',
    time_zone: 'UTC',
  })
})

test.each([
  [[], 'day,model', '2025-10-23T12:00:00.000Z'],
  [['daily'], 'day,model', '2025-10-23T12:00:00.000Z'],
  [['weekly'], 'week,model', '2025-08-30T12:00:00.000Z'],
  [['monthly', '--by', 'repository'], 'month,repository', '2024-11-22T12:00:00.000Z'],
  [['session', '--by', 'agent'], 'session,agent', '2025-11-15T12:00:00.000Z'],
])('`usage %j` asks by %s, and has a window of its own that ends at --until', async (args, by, since) => {
  await using gateway = await gatewayWith(REPLY)
  await usage(gateway, ...args, '--until', '2025-11-22T12:00:00Z')
  expect(queryTo(gateway)).toMatchObject({ by, since })
})

test('without options the window is open at its end, in the time zone of the machine', async () => {
  await using gateway = await gatewayWith(REPLY)
  const { stdout } = await usage(gateway)
  expect(stdout).toMatch(/^Usage by day and model over 30 days \(default of --since\)\n/)
  const { since, ...rest } = queryTo(gateway)
  expect(rest).toEqual({ by: 'day,model', time_zone: machineTimeZone() })
  expect(since).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('--json prints the answer as it is, also when it is empty', async () => {
  for (const reply of [{ ...REPLY, later_field: [1] }, aReply([])]) {
    await using gateway = await gatewayWith(reply)
    const { stdout, stderr } = await usage(gateway, '--json')
    expect({ reply: JSON.parse(stdout), stderr }).toEqual({ reply, stderr: '' })
  }
})

test('--csv prints a header and one line for each group', async () => {
  await using gateway = await gatewayWith(REPLY)
  const { stdout } = await usage(gateway, '--csv')
  expect(stdout.split('\r\n')).toEqual([
    'day,model,responses,input_tokens,output_tokens,cache_creation_tokens,cache_read_tokens,' +
      'cost_usd,cost_source,unpriced_responses',
    '2025-11-21,claude-opus-4-5,2,1234,56,0,78900,1.25,estimated,0',
    '',
  ])
})

test.each([
  [null, '. `skillwatch import claude-code` imports a history.'],
  [
    '2025-10-07T08:00:00.000Z',
    '; the last call was on 2025-10-07. `skillwatch usage daily --since 2025-10-07` ' +
      'shows that day and what followed.',
  ],
  ['2025-11-21T08:00:00.000Z', '; --since changes the start.'],
])(
  'when nothing is in the window and the last call was at %s, a note names the next step',
  async (last, next) => {
    const overview = { ...AN_OVERVIEW, last_invoked_at: last }
    await using gateway = await startHttpDouble(({ path }) => ({
      body: path.startsWith('/v1/overview?') ? overview : aReply([]),
    }))
    expect(await usage(gateway, ...WINDOW)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `No responses were recorded from 2025-11-01 00:00 to 2025-11-22 12:00, UTC${next}\n`,
    })
  },
)

test.each([
  [['--time-zone', 'Mars/Olympus'], /'Mars\/Olympus' is invalid\. Expected the IANA name of a time zone/],
  [['--since', 'yesterday'], /'yesterday' is invalid\. Expected an age such as 90d/],
  [['--since', '2025-11-02', '--until', '2025-11-01'], /--since must be before --until/],
  [['--by', 'day'], /'day' is invalid\. Allowed choices are model, repository, branch, agent/],
  [['hourly'], /'hourly' is invalid .*\. Allowed choices are daily, weekly, monthly, session/],
  [['--json', '--csv'], /option '--csv' cannot be used with option '--json'/],
])('the wrong command line `usage %j` ends with 2 and asks for nothing', async (args, message) => {
  await using gateway = await gatewayWith(REPLY)
  const { code, stdout, stderr } = await usage(gateway, ...args)
  expect({ code, stdout, requests: gateway.requests.length }).toEqual({ code: 2, stdout: '', requests: 0 })
  expect(stderr).toMatch(message)
})

test('an error of the gateway is shown with its reason', async () => {
  await using gateway = await startHttpDouble(() => ({ status: 400, body: { detail: 'too many groups' } }))
  const { code, stderr } = await usage(gateway)
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: ws-gateway at \S+ answered 400: too many groups\n$/)
})
