import { expect, test } from 'vitest'
import { createRecorder, recount } from '../../src/index.ts'
import { NOW_MS, openTestDatabase } from '../database.ts'
import { at, call, derivedOf, prompt, recordReports } from './derived.ts'

const HISTORY = [
  prompt({ session_id: 's', prompt_id: 'p', began_at: at(0) }),
  call({
    invocation_id: 'skill',
    skill_name: 'plan',
    session_id: 's',
    prompt_id: 'p',
    invoked_at: at(1),
    outcome: 'completed',
  }),
  call({ invocation_id: 'outside', skill_name: 'plan', session_id: 's', invoked_at: at(1) }),
]

test.each([
  ['a wrong turn', 'update turn set calls = 7', 'turn'],
  ['a turn that is missing', 'delete from turn', 'turn'],
  ['a wrong use', 'update skill_use set failed_calls = 7', 'skill_use'],
  ['a use that is missing', "delete from skill_use where use_id = 'skill'", 'skill_use'],
  ['a use of no call', "update skill_use set use_id = 'nobody' where use_id = 'outside'", 'skill_use'],
  ['a wrong sum of uses', 'update skill_use_series set calls = calls + 1', 'skill_use_series'],
  [
    'a wrong sum of a period',
    'update skill_use_period set calls = 7 where period_days = 8',
    'skill_use_period',
  ],
  ['a day that is missing', 'delete from place_use_day', 'place_use_day'],
])('recount finds %s, and a repair mends it', async (_, damage, table) => {
  using database = openTestDatabase()
  const { writer } = database
  await recordReports(writer, HISTORY)
  const whole = derivedOf(writer)
  writer.sqlite.exec(damage)
  expect(recount(writer, NOW_MS)).toContainEqual(expect.objectContaining({ table }))
  await using recorder = createRecorder(writer, { queueItemsMax: 10, now: () => NOW_MS })
  const report = await recorder.repair()
  expect(report.repaired).toContainEqual(expect.objectContaining({ table }))
  await recorder.deriveTurns()
  expect(derivedOf(writer)).toEqual(whole)
  expect(recount(writer, NOW_MS)).toEqual([])
})
