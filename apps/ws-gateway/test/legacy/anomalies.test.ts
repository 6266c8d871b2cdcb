import { type Finding, formatInstant } from '@skillwatch/schema'
import { aFinding, NOW_MS, steppableClock, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { type LegacyClient, openLegacy } from './client.ts'

const MINUTE_MS = 60_000
const minutesAgo = (minutes: number) => formatInstant(NOW_MS - minutes * MINUTE_MS)

/** The next update whose anomalies are as many. */
async function anomalies(client: LegacyClient, count: number) {
  for (;;) {
    const { data } = await client.recvType('metrics_update')
    if (data.anomalies.length === count) return data.anomalies
  }
}

test('an update has the findings about skills that opened within the hour, the newest first', async () => {
  await using gateway = await startGateway({ config: { updateMs: 100 } })
  await gateway.record([{ skill_name: 'plan' }, { skill_name: 'plan', kind: 'command' }])
  using client = await openLegacy(gateway.url)
  expect(await anomalies(client, 0)).toEqual([])
  const find = (minutes: number, more: Partial<Finding> = {}) =>
    aFinding({
      finding_id: `${minutes} ${more.kind}`,
      ...{ skill_name: 'plan', opened_at: minutesAgo(minutes), ...more },
    })
  await gateway.report([
    find(60, { resolved_at: minutesAgo(1) }),
    find(61),
    find(5, { subtype: 'slowdown', baseline_value: 900, observed_value: 2_400, deviation_score: 5.5 }),
    find(4, { kind: 'command' }),
  ])
  expect(await anomalies(client, 2)).toEqual([
    {
      skill_name: 'plan',
      detected_at: '2026-11-22T11:55:00.000000+00:00',
      anomaly_type: 'spike',
      deviation_score: 5.5,
      baseline_value: 900,
      observed_value: 2_400,
    },
    {
      skill_name: 'plan',
      detected_at: '2026-11-22T11:00:00.000000+00:00',
      anomaly_type: 'drop',
      deviation_score: -4.2,
      baseline_value: 0.95,
      observed_value: 0.4,
    },
  ])
  client.send({ type: 'get_metrics' })
  expect((await client.recvType('metrics_response')).data.anomalies).toHaveLength(2)
  client.send({ type: 'subscribe', skill: 'plan' })
  await client.recvType('subscription_confirmed')
  expect((await client.recvType('metrics_update')).data).toMatchObject({
    top_skills: [{ skill_name: 'plan' }],
    anomalies: [],
  })
})

test.each<[Finding['subtype'], string]>([
  ['drop', 'drop'],
  ['silence', 'drop'],
  ['speedup', 'drop'],
  ['rise', 'spike'],
  ['spike', 'spike'],
  ['slowdown', 'spike'],
  ['pattern_shift', 'pattern_shift'],
])("a %s is a %s in session-buddy's words", async (subtype, anomaly_type) => {
  await using gateway = await startGateway({ config: { updateMs: 50 } })
  await gateway.record([{ skill_name: 'pdf-fill' }])
  await gateway.report([aFinding({ subtype })])
  using client = await openLegacy(gateway.url)
  expect(await anomalies(client, 1)).toMatchObject([{ anomaly_type }])
})

test('an update has ten anomalies at most, and an anomaly disappears after an hour', async () => {
  const { now, step } = steppableClock()
  await using gateway = await startGateway({ config: { updateMs: 50 }, now })
  await gateway.record([{ skill_name: 'pdf-fill' }])
  await gateway.report(
    Array.from({ length: 12 }, (_, index) =>
      aFinding({ finding_id: `${index}`, opened_at: minutesAgo(index), observed_value: index }),
    ),
  )
  using client = await openLegacy(gateway.url)
  const values = async (count: number) =>
    (await anomalies(client, count)).map((each) => (each as { observed_value: number }).observed_value)
  expect(await values(10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  step(55 * MINUTE_MS)
  expect(await values(6)).toEqual([0, 1, 2, 3, 4, 5])
  step(6 * MINUTE_MS)
  await until(async () => (await values(0)).length === 0)
})
