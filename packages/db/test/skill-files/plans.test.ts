import { anObservation, aSkillFile } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  callsOfSkills,
  contentChanges,
  countedUses,
  installedFiles,
  lastScannedAt,
  listCategories,
  listClassified,
  listSkillFiles,
} from '../../src/index.ts'
import { NOW_MS, PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { recorded } from '../queries/recorded.ts'

test('reads of files and of the taxonomy search by project, and uses are found by skill and time', async () => {
  using database = await recorded([anObservation({ invoked_at: NOW_MS })])
  const { reader } = database
  const plans = await plansOf(reader, () => {
    const { skill_name, kind } = aSkillFile()
    listSkillFiles(reader, PROJECT, { limit: 10 })
    listSkillFiles(reader, PROJECT, { limit: 10, skill_name })
    installedFiles(reader, PROJECT)
    lastScannedAt(reader, PROJECT)
    callsOfSkills(reader, PROJECT)
    contentChanges(reader, PROJECT)
    countedUses(reader, PROJECT, { kind, skill_name }, [0, NOW_MS])
    listCategories(reader, PROJECT)
    listClassified(reader, PROJECT, { limit: 10 })
  })
  expect(plans.length).toBeGreaterThanOrEqual(11)
  for (const { sql, plan } of plans)
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/^SCAN (skill_|v\b|p\b)/))
  const uses = plans.filter(({ sql }) => sql.includes('from skill_use'))
  expect(uses.map(({ plan }) => plan)).toEqual([
    [
      expect.stringMatching(
        /^SEARCH skill_use USING INDEX \w+ \(project_id=\? AND skill_name=\? AND began_at_ms>\? AND began_at_ms<\?\)/,
      ),
      expect.anything(),
    ],
  ])
})
