import { type Finding, formatInstant } from '@skillwatch/schema'
import { aFinding } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anomalySeries, readChanges, recount, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills, createSave, storedFindings } from './stored.ts'

const HOUR_MS = 3_600_000
const HOURS = 12
const atHour = (hour: number) => NOW_MS - (HOURS - hour) * HOUR_MS

const hour = fc.integer({ min: 0, max: HOURS })
const window = fc.tuple(hour, hour).map(([a, b]) => ({ since: Math.min(a, b), until: Math.max(a, b) }))

/** Findings of hours, each with the id of its hour and skill, and values of which several are possible. */
const findings = fc
  .array(
    fc.record({
      hour,
      skill_name: fc.constantFrom('pdf-fill', 'deploy', 'never-called'),
      observed_value: fc.constantFrom(0.1, 0.2),
      isResolved: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((all) => new Map(all.map((each) => [`${each.hour} ${each.skill_name}`, each])))
  .map((all): Finding[] =>
    [...all].map(([finding_id, { isResolved, skill_name, observed_value, hour: at }]) =>
      aFinding({
        ...{ finding_id, skill_name, observed_value },
        opened_at: formatInstant(atHour(at)),
        resolved_at: isResolved ? formatInstant(NOW_MS) : null,
      }),
    ),
  )
const earlier = fc.array(fc.record({ window, findings }), { maxLength: 5 })
const lastWindows = fc.array(window, { maxLength: 4 })

const inside = (all: readonly Finding[], { since, until }: { since: number; until: number }) =>
  all.filter(
    ({ opened_at }) =>
      opened_at >= formatInstant(atHour(since)) && opened_at <= formatInstant(atHour(until)),
  )

test('any sequence of reports ends in the findings of the last ones, and so does the change log', async () => {
  await fc.assert(
    fc.asyncProperty(earlier, findings, lastWindows, async (before, last, windows) => {
      using database = openTestDatabase()
      const { writer } = database
      await callSkills(writer, 'pdf-fill', 'deploy')
      const save = createSave(writer)
      const post = (all: readonly Finding[], { since, until }: { since: number; until: number }) =>
        save(inside(all, { since, until }), { sinceMs: atHour(since), untilMs: atHour(until) })
      let counted = 0
      for (const each of before) {
        post(each.findings, each.window)
        expect(countOf(writer)).toBeGreaterThanOrEqual(counted)
        counted = countOf(writer)
      }
      // Every window of the last run agrees with the others, and together they cover all hours.
      for (const each of [...windows, { since: 0, until: 6 }, { since: 5, until: HOURS }]) post(last, each)
      const expected = last
        .filter(({ skill_name }) => skill_name !== 'never-called')
        .sort((a, b) => (a.finding_id < b.finding_id ? -1 : 1))
      expect(storedFindings(writer)).toEqual(expected)
      expect(followed(writer)).toEqual(expected)
      expect(recount(writer, NOW_MS)).toEqual([])
      const again = post(last, { since: 0, until: HOURS })
      expect(again).toMatchObject({ inserted: 0, updated: 0, deleted: 0, unchanged: expected.length })
    }),
    { numRuns: 100 },
  )
})

/** What a reader has that follows the log from its start. */
function followed(writer: Writer): Finding[] {
  const known = new Map<string, Finding>()
  for (const change of readChanges(writer, PROJECT, 0, 10_000)) {
    if ('finding' in change) known.set(change.finding.finding_id, change.finding)
    if ('finding_id' in change) known.delete(change.finding_id)
  }
  return [...known.values()].sort((a, b) => (a.finding_id < b.finding_id ? -1 : 1))
}

function countOf(writer: Writer): number {
  return anomalySeries(writer, PROJECT).reduce((sum, { finding_count }) => sum + finding_count, 0)
}
