import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordReply } from '@skillwatch/schema'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import { freePort, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createClient, ReadError } from '../../src/node/index.ts'
import { startService, useServices } from './services.ts'

const { folder, urls } = useServices()

const quick = {
  backoff: { delayMs: 1, delayMsMax: 20 },
  batchDelayMs: 5,
  sessionId: 's',
  logger: { warn: () => undefined },
}
const clientOf = (more: object = {}) => createClient({ ...quick, ...urls, ...more })

async function create(test_name: string, assignment_ratio = 0.5, url = urls.url): Promise<void> {
  const strategies = { control_strategy: 'plain', treatment_strategy: 'step-by-step' }
  const response = await fetch(`${url}/v1/experiments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ test_name, assignment_ratio, ...strategies }),
  })
  expect(response.status).toBe(201)
}

const usersNamed = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`)

test('10,000 users get the same group from the client, from ingest and from the shared function', async () => {
  await create('many', 0.3)
  await using client = clientOf()
  const experiment = client.experiment('many')
  const users = usersNamed(10_000)
  const groups = await Promise.all(users.map((user) => experiment.assign(user)))
  expect(await client.flush({ timeoutMs: 60_000 })).toBe(true)
  expect(client.stats()).toMatchObject({ recorded: 10_000, sent: 10_000, rejected: 0 })
  // Ingest computes the group itself, and refuses a record that names another one.
  const sent = users.map((user_id, index) => ({
    ...{ type: 'assignment', test_name: 'many', user_id, group_name: groups[index] },
  }))
  for (let start = 0; start < sent.length; start += 5_000) {
    const response = await fetch(`${urls.url}/v1/experiment-records`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent.slice(start, start + 5_000)),
    })
    expect((await response.json()) as RecordReply).toEqual({ accepted: 0, duplicates: 5_000, rejected: [] })
  }
  const computed = await Promise.all(users.map((user) => experimentGroup('many', user, 0.3)))
  expect(groups).toEqual(computed)
  const { control, treatment } = await client.readExperiment('many')
  expect(control.users).toBe(groups.filter((group) => group === 'control').length)
  expect(control.users + treatment.users).toBe(10_000)
}, 60_000)

test('outcomes of assigned users are stored, and the experiment can be read', async () => {
  await create('small')
  await using client = clientOf()
  const experiment = client.experiment('small')
  const group = await experiment.assign('ada')
  const id = experiment.record('ada', { skill_name: 'plan', completed: true, rating: 4 })
  experiment.record('ada', { skill_name: 'plan', completed: true, outcome_id: id })
  expect(await client.flush()).toBe(true)
  const detail = await client.readExperiment('small')
  expect(detail[group]).toEqual({ users: 1, users_with_outcomes: 1 })
  expect(detail.analysis).toMatchObject({ verdict: 'not_enough_data' })
  const { items } = await client.experiments({ status: 'running' })
  expect(items.map(({ test_name }) => test_name)).toContain('small')
})

test('with the ratio a user is assigned without a server, and a restart delivers what was recorded', async () => {
  using spool = temporaryFolder()
  const port = await freePort()
  const options = { ...quick, url: `http://127.0.0.1:${port}`, spool: { folder: spool.path } }
  const offline = createClient(options)
  const experiment = offline.experiment('offline', { assignmentRatio: 0.5 })
  const group = await experiment.assign('ada')
  expect(group).toBe(await experimentGroup('offline', 'ada', 0.5))
  experiment.record('ada', { skill_name: 'plan', completed: true })
  await offline.close({ timeoutMs: 50 })
  expect(offline.stats()).toMatchObject({ recorded: 2, leftOnDisk: 2, dropped: 0 })
  expect(readdirSync(join(spool.path, 'experiments'))).toHaveLength(1)

  const database = join(folder.path, 'offline.db')
  await using ingest = await startService('ingest', database, port)
  await using gateway = await startService('ws-gateway', database, await freePort())
  await create('offline', 0.5, ingest.url)
  await using client = createClient({ ...options, readUrl: gateway.url })
  expect(await client.flush()).toBe(true)
  expect(client.stats().replayed).toBe(2)
  expect((await client.readExperiment('offline'))[group]).toEqual({ users: 1, users_with_outcomes: 1 })
  expect(readdirSync(join(spool.path, 'experiments'))).toEqual([])
}, 30_000)

test('a wrong ratio is noticed: ingest refuses users who would be in the other group', async () => {
  await create('skewed', 0.1)
  await using client = clientOf()
  const experiment = client.experiment('skewed', { assignmentRatio: 0.9 })
  for (const user of usersNamed(50)) await experiment.assign(user)
  expect(await client.flush()).toBe(true)
  const { sent, rejected } = client.stats()
  expect(sent + rejected).toBe(50)
  expect(rejected).toBeGreaterThan(25)
})

test('without the ratio and without an answer, assigning fails, and works when the gateway answers', async () => {
  await using client = clientOf()
  const experiment = client.experiment('later')
  await expect(experiment.assign('ada')).rejects.toThrow(ReadError)
  await create('later')
  expect(['control', 'treatment']).toContain(await experiment.assign('ada'))
})

test('recording never throws, and counts what cannot be sent', async () => {
  const client = clientOf()
  const experiment = client.experiment('anything', { assignmentRatio: 0.5 })
  const cyclic: Record<string, unknown> = { skill_name: 'plan', completed: true }
  cyclic.self = cyclic
  experiment.record('ada', cyclic as never)
  await client.close()
  experiment.record('ada', { skill_name: 'plan', completed: true })
  expect(client.stats()).toMatchObject({ recorded: 2, dropped: 2 })
})
