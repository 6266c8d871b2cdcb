import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type UseCounter, type UseHour, type UseLabel, useHours } from '../../src/index.ts'
import { USE_COUNTERS } from '../../src/roll-ups/uses.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../src/time.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { call, type Report, recordReports } from '../turns/derived.ts'

const HISTORY_MS = 80 * DAY_MS
const instant = fc.integer({ min: 1, max: HISTORY_MS / HOUR_MS }).map((hours) => NOW_MS - hours * HOUR_MS)
const model = fc.constantFrom('opus', 'haiku')

const aUse: fc.Arbitrary<Report[]> = fc
  .record({
    id: fc.uuid(),
    skill_name: fc.constantFrom('plan', 'deploy'),
    kind: fc.constantFrom('skill' as const, 'command' as const),
    repository: fc.constantFrom('shop', 'blog'),
    agent_name: fc.constantFrom('claude-code', 'codex'),
    model,
    atMs: instant,
    cost_usd: fc.constantFrom(undefined, 0.5),
    output_tokens: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ id, atMs, cost_usd, output_tokens, ...labels }) => {
    const of = {
      session_id: id,
      prompt_id: id,
      repository: labels.repository,
      agent_name: labels.agent_name,
    }
    const requested = { ...of, requested_at_ms: atMs + 1_000, model: labels.model, output_tokens }
    return [
      call({ ...of, ...labels, invocation_id: id, invoked_at: atMs }),
      call({
        ...of,
        kind: 'tool',
        skill_name: 'Bash',
        invocation_id: `${id}-b`,
        invoked_at: atMs + HOUR_MS / 2,
      }),
      { apiRequest: { request_id: id, ...requested, ...(cost_usd !== undefined && { cost_usd }) } },
    ]
  })
const uses = fc.array(aUse, { minLength: 1, maxLength: 12 }).map((all) => all.flat())

const window = fc
  .tuple(instant, instant)
  .map(([a, b]) => ({ since_ms: Math.min(a, b), until_ms: Math.max(a, b) }))
const filter = fc.record(
  {
    kind: fc.constant('skill' as const),
    skill_name: fc.constant('plan'),
    repository: fc.constant('shop'),
    agent_name: fc.constant('codex'),
    model: fc.constant('opus'),
  },
  { requiredKeys: [] },
)
const by = fc.uniqueArray(
  fc.constantFrom<UseLabel>('kind', 'skill_name', 'repository', 'branch', 'agent_name'),
)
const changes = fc.record({
  opus: fc.array(instant.map((atMs) => floorTo(atMs, DAY_MS))),
  haiku: fc.array(instant.map((atMs) => floorTo(atMs, DAY_MS))),
})

test('sums of a window are those of its hours, whatever roll-ups they are read from', async () => {
  await fc.assert(
    fc.asyncProperty(
      uses,
      fc.array(fc.tuple(window, filter, by, changes), { minLength: 10, maxLength: 10 }),
      async (reports, questions) => {
        using database = openTestDatabase()
        const { writer } = database
        await recordReports(writer, reports)
        for (const [span, wanted, labels, changesOf] of questions) {
          const query = { ...span, ...wanted }
          const options = { by: labels, counters: USE_COUNTERS }
          const hours = useHours(writer, PROJECT, query, { ...options, splitAt: 'hour' })
          const splitAt = (models: readonly string[] = ['opus', 'haiku']) =>
            models.flatMap((each) => changesOf[each as 'opus'] ?? []).sort((a, b) => a - b)
          const sums = useHours(writer, PROJECT, query, { ...options, splitAt })
          expect(bySplit(sums, labels, changesOf)).toEqual(bySplit(hours, labels, changesOf))
        }
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)

/** Sums by labels and by the prices of the model that are valid. */
function bySplit(
  hours: readonly UseHour<UseCounter>[],
  labels: readonly UseLabel[],
  changesOf: Record<string, readonly number[]>,
): Record<string, number[]> {
  const sums: Record<string, number[]> = {}
  for (const hour of hours) {
    const price = (changesOf[hour.model] ?? []).filter((atMs) => atMs <= hour.hour_at_ms).length
    const key = [hour.model, hour.cost_source, price, ...labels.map((label) => hour[label])].join()
    const values = USE_COUNTERS.map((counter) => hour[counter])
    sums[key] = values.map((value, index) => value + (sums[key]?.[index] ?? 0))
  }
  return sums
}
