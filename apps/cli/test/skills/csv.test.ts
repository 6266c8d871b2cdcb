import { expect, test } from 'vitest'
import { deadCsv, skillsCsv } from '../../src/skills/csv.ts'
import { aSkill, NO_DURATIONS } from './a-skill.ts'

test('a CSV of skills has the field names of the wire and one line a skill; unknown values are empty', () => {
  const skill = aSkill({ skill_name: 'say "hi", twice', completion_rate_24h: null, elapsed: NO_DURATIONS })
  expect(skillsCsv([skill]).split('\r\n')).toEqual([
    'kind,skill_name,invocation_count,running_count,completed_count,failed_count,rejected_count,' +
      'abandoned_count,completion_rate,invocation_count_1h,invocation_count_24h,completion_rate_24h,' +
      'execution_count,execution_sum_ms,execution_mean_ms,execution_p50_ms,execution_p95_ms,' +
      'execution_p99_ms,elapsed_count,elapsed_sum_ms,elapsed_mean_ms,elapsed_p50_ms,elapsed_p95_ms,' +
      'elapsed_p99_ms,first_invoked_at,last_invoked_at,' +
      'execution_p50_ms_min,execution_p50_ms_max,execution_p95_ms_min,execution_p95_ms_max,' +
      'execution_p99_ms_min,execution_p99_ms_max,elapsed_p50_ms_min,elapsed_p50_ms_max,' +
      'elapsed_p95_ms_min,elapsed_p95_ms_max,elapsed_p99_ms_min,elapsed_p99_ms_max',
    'skill,"say ""hi"", twice",10,0,10,0,0,0,1,0,2,,10,15000,1500,1500,42000,42000,0,0,,,,,' +
      '2026-10-01T08:00:00.000Z,2026-11-22T11:00:00.000Z,1500,1500,42000,42000,42000,42000,,,,,,',
    '',
  ])
})

test('a CSV of skills has a column for every field of the wire', () => {
  const { execution, elapsed, ...rest } = aSkill()
  const [header] = skillsCsv([]).split('\r\n')
  const fields = [
    ...Object.keys(rest),
    ...Object.keys(execution).map((field) => `execution_${field}`),
    ...Object.keys(elapsed).map((field) => `elapsed_${field}`),
  ]
  expect(header!.split(',').sort()).toEqual(fields.sort())
})

test('a CSV of dead skills names where each is and since when', () => {
  const since = '2026-01-02T03:04:05.000Z'
  const skill = { skill_name: 'pdf-fill', installed_in: 'user', since, path: '/home/me/a,b' } as const
  expect(deadCsv([skill]).split('\r\n')).toEqual([
    'skill_name,installed_in,since,path',
    'pdf-fill,user,2026-01-02T03:04:05.000Z,"/home/me/a,b"',
    '',
  ])
})
