import { expect, test } from 'vitest'
import { changeProject, getInvocationDetail } from '../../src/index.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const shared = { invocation_id: 'toolu_1', skill_name: 'pdf-fill', session_id: 's', kind: 'skill' as const }

test('the detail has one record for each witness and names the fields in conflict', async () => {
  using database = openTestDatabase()
  const record = createRecord(database.writer)
  const observations = [
    parsed({
      ...shared,
      witness: 'hook',
      outcome: 'completed',
      execution_ms: 40,
      invoked_at: '2026-04-18T13:00:01Z',
    }),
    parsed({
      ...shared,
      witness: 'transcript',
      outcome: 'failed',
      elapsed_ms: 90,
      invoked_at: '2026-04-18T13:00:00Z',
    }),
    {
      ...parsed({
        ...shared,
        invocation_id: 'activation',
        witness: 'otel_log',
        trigger: 'nested',
        invoked_at: '2026-04-18T13:00:00Z',
      }),
      uncorrelated: true as const,
    },
  ]
  await record([{ projectId: PROJECT, observations }], NOW_MS)
  const detail = getInvocationDetail(database.writer, PROJECT, 'toolu_1')
  expect(detail).toMatchObject({
    outcome: 'completed',
    execution_ms: 40,
    elapsed_ms: 90,
    trigger: 'nested',
    invoked_at: '2026-04-18T13:00:00.000Z',
    witnesses: ['hook', 'otel_log', 'transcript'],
    conflicts: ['invoked_at', 'outcome'],
  })
  expect(
    detail?.witness_records.map(({ witness, reported, observation_id }) => [
      witness,
      reported.outcome,
      observation_id,
    ]),
  ).toEqual([
    ['hook', 'completed', undefined],
    ['otel_log', undefined, 'activation'],
    ['transcript', 'failed', undefined],
  ])
})

test('texts are shown only when the project stores them', async () => {
  using database = openTestDatabase()
  const observations = [parsed({ ...shared, user_query: 'fill in the form', result: 'token=abcd1234 done' })]
  await createRecord(database.writer)([{ projectId: PROJECT, observations }], NOW_MS)
  expect(getInvocationDetail(database.writer, PROJECT, 'toolu_1')).not.toHaveProperty('user_query')
  changeProject(database.writer, 'default', { store_text: ['result'] })
  await createRecord(database.writer)([{ projectId: PROJECT, observations }], NOW_MS)
  const detail = getInvocationDetail(database.writer, PROJECT, 'toolu_1')
  expect(detail).toMatchObject({ result: 'token=[redacted] done', user_query_bytes: 16 })
  expect(detail).not.toHaveProperty('user_query')
})
