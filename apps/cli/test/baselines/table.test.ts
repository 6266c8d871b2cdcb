import type { Baseline } from '@skillwatch/schema'
import { aBaseline } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { columns } from '../../src/text.ts'
import { startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

const LAST = { last_updated: '2026-11-22T12:00:00.000Z' }
const ITEMS: Baseline[] = [
  { ...aBaseline({ skill_name: 'plan', total_users: 100, total_invocations: 20_000 }), ...LAST },
  { ...aBaseline({ kind: 'command', skill_name: 'deploy-to-production' }), ...LAST },
  {
    ...aBaseline({ skill_name: 'rare', total_users: 5, global_avg_duration_seconds: null }),
    ...{ effectiveness_percentile: null, effectiveness_percentile_low: null },
    ...{ effectiveness_percentile_high: null, most_common_workflow_phase: null, ...LAST },
  },
]
const RUN = {
  ...{ since: '2026-08-24T12:00:00.000Z', until: LAST.last_updated, computed_at: LAST.last_updated },
  persons: 100,
  withheld: { too_few_persons: 1, mostly_one_person: 1, calls_without_user: 0 },
}

const gatewayWith = (items: readonly Baseline[]) =>
  startHttpDouble(() => ({ body: { run: RUN, items, next_cursor: null } }))

async function linesAt(width: number): Promise<string[]> {
  await using gateway = await gatewayWith(ITEMS.toReversed())
  const { stdout } = await runHere(['baselines', '--url', gateway.url], {}, { columns: width })
  return stdout.split('\n')
}

test('at 140 columns all columns are shown, those of the most persons first', async () => {
  const lines = await linesAt(140)
  expect(lines).toEqual([
    'SKILL                 KIND     PERSONS    CALLS  COMPLETED  INTERVAL  PERCENTILE  PLACES  DURATION  PHASE',
    'plan                  skill       100+  20,000+        90%   54-100%          70  20-100     2.0 s  execution',
    'deploy-to-production  command      10+     200+        90%   54-100%          70  20-100     2.0 s  execution',
    'rare                  skill         5+     200+        90%   54-100%           -       -         -  -',
    '',
  ])
})

test.each([80, 100, 60, 30])('at %d columns no line is wider', async (width) => {
  const lines = await linesAt(width)
  expect(lines.filter((line) => columns(line) > width)).toEqual([])
  expect(lines).toHaveLength(5)
})

test('at 80 columns persons, rates and their intervals stay', async () => {
  const [head] = await linesAt(80)
  for (const heading of ['SKILL', 'PERSONS', 'COMPLETED', 'INTERVAL', 'KIND', 'CALLS', 'PERCENTILE'])
    expect(head).toContain(heading)
})

test('CSV has one line for each skill, and notes stay out of it', async () => {
  await using gateway = await gatewayWith(ITEMS)
  const { stdout, stderr } = await runHere(['baselines', '--csv', '--url', gateway.url])
  const [header, first] = stdout.split('\r\n')
  expect(header).toMatch(/^kind,skill_name,total_users,total_invocations,.*,last_updated$/)
  expect(first).toBe('skill,plan,100,20000,0.9,0.541,0.996,2,execution,70,20,100,2026-11-22T12:00:00.000Z')
  expect(stderr).toContain('Withheld: 1 skill with more than half of the calls by one person.')
})

test('--limit shows the first skills and says that there are more; filters are sent', async () => {
  await using gateway = await gatewayWith(ITEMS)
  const { stdout, stderr } = await runHere([
    'baselines',
    'a b',
    '--kind',
    'skill',
    '--limit',
    '1',
    '--url',
    gateway.url,
  ])
  expect(stdout.split('\n')).toHaveLength(3)
  expect(stderr).toContain('These are 1 of 3; --limit shows more.')
  expect(gateway.requests.at(-1)!.path).toBe('/v1/baselines?kind=skill&skill_name=a+b&limit=1000')
})
