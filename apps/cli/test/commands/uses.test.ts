import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { HISTORY_END_MS, type RecordedHistory, recordHistory } from '../uses/history.ts'

let history: RecordedHistory
beforeAll(async () => {
  history = await recordHistory()
})
afterAll(() => history[Symbol.asyncDispose]())

/** Runs a command line at noon on 31 January 2026 in UTC. */
function at(columns: number, ...args: string[]) {
  const zone = args[0] === 'overview' ? [] : ['--time-zone', 'UTC']
  return runHere([...args, ...zone], history.env, { nowMs: () => HISTORY_END_MS, columns })
}

const LINES = [
  ['skills'],
  ['skills', '--by', 'repository'],
  ['skills', '--by', 'day'],
  ['show', 'pdf-fill'],
  ['show', 'jan10015'],
  ['show', 'jan00020', '--full'],
]

test.each(LINES.flatMap((args) => [80, 140].map((columns) => ({ line: args.join(' '), args, columns }))))(
  'at $columns columns `$line` shows',
  async ({ args, columns }) => {
    const { code, stdout, stderr } = await at(columns, ...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatchSnapshot()
  },
)

test('--json prints all numbers, the time before, and what is no longer used', async () => {
  const { stdout, stderr } = await at(80, 'skills', '--json', '--limit', '1')
  expect(stderr).toBe('')
  const { items, ...rest } = JSON.parse(stdout)
  expect(rest).toMatchObject({
    since: '2026-01-01T12:00:00.000Z',
    until: '2026-01-31T12:00:00.000Z',
    before: {
      since: '2025-12-02T12:00:00.000Z',
      until: '2026-01-01T12:00:00.000Z',
      no_longer_used: [{ kind: 'skill', skill_name: 'meeting-notes', uses_before: 1 }],
    },
    time_zone: 'UTC',
    by: ['skill'],
  })
  expect(items).toMatchObject([
    {
      skill_name: 'pdf-fill',
      uses: 6,
      uses_before: 5,
      last_invoked_at: '2026-01-20T09:00:01.000Z',
      calls: 15,
      calls_with_nested: 17,
      cost_usd: 1.75,
      cost_usd_with_nested: 2,
    },
  ])
  expect(Object.keys(items[0])).toHaveLength(33)
})

test('--csv prints one line for each row with the numbers of --json', async () => {
  const options = ['skills', '--by', 'model', '--kind', 'skill']
  const { stdout } = await at(80, ...options, '--csv')
  const [header, ...lines] = stdout
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  const { items } = JSON.parse((await at(80, ...options, '--json')).stdout)
  expect(header!.toSorted()).toEqual([...Object.keys(items[0]), 'last_invoked_at'].sort())
  expect(lines).toEqual(
    items.map((item: Record<string, unknown>) => header!.map((name) => String(item[name] ?? ''))),
  )
})

test.each([
  ['name', ['code-review', 'pdf-fill', 'release']],
  ['cost', ['pdf-fill', 'code-review', 'release']],
  ['failures', ['pdf-fill', 'release', 'code-review']],
  ['last', ['release', 'code-review', 'pdf-fill']],
])('--sort %s sorts rows', async (sort, names) => {
  const { stdout } = await at(80, 'skills', '--sort', sort, '--json')
  expect(JSON.parse(stdout).items.map((item: { skill_name: string }) => item.skill_name)).toEqual(names)
})

test('the column that rows are sorted by is not left out', async () => {
  const { stdout } = await at(60, 'skills', '--sort', 'tokens')
  expect(stdout).toMatch(/^SKILL .* TOKENS/m)
  expect((await at(60, 'skills')).stdout).not.toContain('TOKENS')
})

test('a note says which rows are shown when there are more', async () => {
  const { stderr } = await at(80, 'skills', '--sort', 'cost', '--limit', '2')
  expect(stderr).toBe('The list ends after the 2 with the highest cost; --limit shows more.\n')
})

test('the days of --by day are those of the time zone', async () => {
  const args = ['skills', '--by', 'day', '--kind', 'agent', '--json', '--time-zone', 'Pacific/Auckland']
  const { stdout } = await runHere(args, history.env, { nowMs: () => HISTORY_END_MS })
  expect(JSON.parse(stdout).items).toMatchObject([{ skill_name: 'code-review', day: '2026-01-20' }])
  const west = args.with(-1, 'Pacific/Honolulu')
  const { stdout: inHawaii } = await runHere(west, history.env, { nowMs: () => HISTORY_END_MS })
  expect(JSON.parse(inHawaii).items).toMatchObject([{ day: '2026-01-19' }])
})

test('a trend needs uses before the window', async () => {
  const { stdout } = await at(80, 'skills', '--since', '2025-12-01')
  expect(stdout).not.toContain('TREND')
})

test('when nothing was used in the window, a note says when and how to see the last use', async () => {
  const window = ['--since', '2026-01-30', '--kind', 'agent']
  expect(await at(80, 'skills', ...window)).toMatchObject({
    code: 0,
    stdout: '',
    stderr:
      'No use of kind agent was recorded from 2026-01-30 00:00 to now, UTC; the last one was agent ' +
      'code-review on 2026-01-20.\n`skillwatch skills --kind agent --since 2026-01-20` shows that day and ' +
      'what followed.\n',
  })
  const { stderr } = await at(80, 'skills', '--until', '2025-12-01')
  expect(stderr).toMatch(/^No use of a skill, command or agent was recorded until .* imports a history\.\n$/)
  expect((await at(80, 'show', 'pdf-fill', '--since', '2026-01-29')).stderr).toBe(
    'No use of skill pdf-fill was recorded from 2026-01-29 00:00 to now, UTC.\nThe last one was on ' +
      '2026-01-20: `skillwatch show --kind skill pdf-fill --since 2026-01-20` shows that day and what ' +
      'followed.\n',
  )
})

test('show --json prints the numbers of the page', async () => {
  const { stdout } = await at(80, 'show', 'pdf-fill', '--json')
  const page = JSON.parse(stdout)
  expect(page).toMatchObject({
    kind: 'skill',
    skill_name: 'pdf-fill',
    since: '2026-01-01T12:00:00.000Z',
    time_zone: 'UTC',
    totals: { uses: 6, calls_with_nested: 17 },
    before: { since: '2025-12-02T12:00:00.000Z', totals: { uses: 5 } },
    by_repository: [
      { repository: 'invoices', uses: 5 },
      { repository: 'reports', uses: 1 },
    ],
    facts: { uses: 6, interrupted_uses: 1, uses_with_next_turn: 1, used_again: 1, median_calls: 2 },
  })
  expect(page.by_day).toHaveLength(4)
  expect(page.last_uses).toHaveLength(6)
})

test('the overview shows what the most used skills caused', async () => {
  const { stdout } = await at(80, 'overview', '--since', '2026-01-10')
  expect(stdout).toContain('  pdf-fill     skill    5 uses, 15 calls (1 failed), 2 m 29 s, $1.75\n')
})
