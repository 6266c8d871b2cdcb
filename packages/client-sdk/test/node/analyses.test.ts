import { type AnalysisReport, formatInstant, type Prediction, type SkillScan } from '@skillwatch/schema'
import {
  aCluster,
  aDependency,
  aDependencyReport,
  aPrediction,
  aPredictionReport,
  aScan,
  aSimilarity,
  aSimilarityReport,
  aSkillFile,
  aTransition,
  aWorkflowReport,
  machineNowMs,
} from '@skillwatch/testkit'
import { beforeAll, expect, test } from 'vitest'
import {
  type Client,
  createClient,
  type DependencyQuery,
  type HygieneQuery,
  type Page,
  type PredictionQuery,
  ReadError,
  type SimilarQuery,
  type SkillFileQuery,
  type TaxonomyQuery,
  type TransitionQuery,
  type WorkflowQuery,
} from '../../src/node/index.ts'
import { useServices } from './services.ts'

const DAY_MS = 86_400_000
const { urls } = useServices()
const clientOf = () => createClient({ ...urls, sessionId: 'analyses', batchDelayMs: 5 })

async function post(path: string, body: AnalysisReport | SkillScan): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${urls.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"inserted":')])
}

/** The analysis of four skills, as a run of now reports it. */
function reportsOf(untilMs: number): AnalysisReport[] {
  const window = { since: formatInstant(untilMs - 90 * DAY_MS), until: formatInstant(untilMs) }
  const computed = { ...window, computed_at: window.until }
  const clusters = [aCluster(1, 'pdf-fill', 'pdf-read'), aCluster(2, 'deploy', 'plan')]
  const lacking = { verdict: 'not enough data', judgement: null, model: null } as const
  const lacks = { enough: false, unit: 'calls', have: 12, need: 200 } as const
  return [
    aDependencyReport({
      ...computed,
      dependencies: [aDependency(), aDependency({ skill_a: 'pdf-fill', lift_score: 2 })],
      transitions: [aTransition(), aTransition({ from_skill: 'deploy', to_skill: 'plan', lift_score: 2 })],
    }),
    aDependencyReport({ ...computed, unit: 'turn', units: 12, transitions_counted: 0 }),
    aSimilarityReport({
      ...computed,
      similarities: [aSimilarity(), aSimilarity({ similar_name: 'plan', score: 0.3 })],
      clusters: clusters.flatMap((each) => each.clusters),
      memberships: clusters.flatMap((each) => each.memberships),
    }),
    aPredictionReport([aPrediction({ skill_name: 'plan', ...lacking, lacks })], window),
    aWorkflowReport(window),
  ]
}

beforeAll(async () => {
  const nowMs = machineNowMs()
  await using client = clientOf()
  for (const skill_name of ['deploy', 'pdf-fill', 'pdf-read', 'plan', 'both'])
    client.record({ skill_name, outcome: 'completed', invoked_at: nowMs - 2 * DAY_MS })
  client.record({
    kind: 'command',
    skill_name: 'both',
    outcome: 'completed',
    invoked_at: nowMs - 2 * DAY_MS,
  })
  expect(await client.flush()).toBe(true)
  const installed = { installed_at: nowMs - 50 * DAY_MS, changed_at: nowMs - 50 * DAY_MS }
  const files = ['pdf-old', 'pdf-fill'].map((skill_name) => aSkillFile({ skill_name, ...installed }))
  const review = aSkillFile({ kind: 'agent', skill_name: 'review', ...installed })
  await post('/v1/skill-files', aScan([...files, review], { scanned_at: nowMs }))
  for (const report of reportsOf(nowMs)) await post('/v1/findings', report)
})

/** What the gateway answers to the same request. */
async function answerOf(path: string, query: object = {}): Promise<unknown> {
  const address = new URL(path, urls.readUrl)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value))
  const response = await fetch(address)
  expect([address.href, response.status]).toEqual([address.href, 200])
  return response.json()
}

async function pagesOf<P extends Page<unknown>>(list: AsyncIterable<P>): Promise<P[]> {
  const pages: P[] = []
  for await (const page of list) pages.push(page)
  return pages
}

interface Case {
  readonly path: string
  readonly read: (client: Client) => PromiseLike<unknown>
  /** What tells the answer to this query from the answers to others. */
  readonly answer: object
}

const unqueried: Case[] = [
  {
    path: '/v1/dependencies',
    read: (client) => client.dependencies(),
    answer: { items: [{ skill_a: 'deploy' }, { skill_a: 'pdf-fill' }], sample: { unit: 'session' } },
  },
  {
    path: '/v1/transitions',
    read: (client) => client.transitions(),
    answer: { items: [{ from_skill: 'plan' }, { from_skill: 'deploy' }], sample: { enough: true } },
  },
  {
    path: '/v1/clusters',
    read: (client) => client.clusters(),
    answer: { items: [{ members: [{}, {}] }, {}], run: { sessions: 100, enough: true } },
  },
  {
    path: '/v1/recommendations',
    read: (client) => client.recommendations(),
    answer: { source: 'calls', items: [{}, {}, {}, {}, {}] },
  },
  {
    path: '/v1/workflow',
    read: (client) => client.workflow(),
    answer: { run: { calls: 160 }, phases: [{}, {}], bottlenecks: [{}, {}], skills: [{}, {}, {}] },
  },
  {
    path: '/v1/skill-files',
    read: (client) => client.skillFiles(),
    answer: { items: [{ skill_name: 'review' }, { skill_name: 'pdf-fill' }, {}], next_cursor: null },
  },
  {
    path: '/v1/taxonomy',
    read: (client) => client.taxonomy(),
    answer: { items: expect.arrayContaining([expect.objectContaining({ skill_name: 'pdf-old' })]) },
  },
  {
    path: '/v1/categories',
    read: (client) => client.categories(),
    answer: { items: expect.arrayContaining([expect.objectContaining({ category_name: 'Testing' })]) },
  },
]

test.each(unqueried)(
  'the client reads $path as the gateway answers it, without a query',
  async ({ path, read, answer }) => {
    await using client = clientOf()
    const given = await read(client)
    expect(given).toMatchObject(answer)
    expect(given).toEqual(await answerOf(path))
  },
)

/** All fields of a query but the signal and the cursor, so that a new field has to be added here. */
type Full<Query> = Required<Omit<Query, 'signal' | 'cursor'>>

const dependencies: Full<DependencyQuery> = {
  ...{ kind: 'skill', skill_name: 'plan', unit: 'session', min_lift: 2.5, q_max: 0.5, limit: 7 },
}
const transitions: Full<TransitionQuery> = {
  ...{ from: 'deploy', from_kind: 'skill', to: 'plan', to_kind: 'skill' },
  ...{ unit: 'session', min_lift: 1, q_max: 0.5, limit: 7 },
}
const similar: Full<SimilarQuery> = { skill_name: 'pdf-fill', kind: 'skill', limit: 1 }
const workflow: Full<WorkflowQuery> = { workflow_phase: 'execution', skills: 1 }
const skillFiles: Full<SkillFileQuery> = { kind: 'skill', skill_name: 'pdf-old', limit: 7 }
const taxonomy: Full<TaxonomyQuery> = {
  ...{ kind: 'skill', skill_name: 'pdf-old', category: 'Documentation', review: false, limit: 7 },
}

const queried: (Case & { readonly query: object })[] = [
  {
    path: '/v1/dependencies',
    query: dependencies,
    read: (client) => client.dependencies(dependencies),
    answer: { items: [{ skill_a: 'deploy', skill_b: 'plan' }] },
  },
  {
    path: '/v1/dependencies',
    query: { unit: 'turn' },
    read: (client) => client.dependencies({ unit: 'turn' }),
    answer: { items: [], sample: { unit: 'turn', units: 12, enough: false } },
  },
  {
    path: '/v1/transitions',
    query: transitions,
    read: (client) => client.transitions(transitions),
    answer: { items: [{ from_skill: 'deploy', to_skill: 'plan' }] },
  },
  {
    path: '/v1/similar',
    query: similar,
    read: (client) => client.similar(similar),
    answer: { items: [{ similar_name: 'pdf-read', source: 'co_use_and_text' }], run: { sessions: 100 } },
  },
  {
    path: '/v1/recommendations',
    query: { query: 'fill a PDF', limit: 1 },
    read: (client) => client.recommendations({ query: 'fill a PDF', limit: 1 }),
    answer: { source: 'text', items: [{ skill_name: 'pdf-fill' }] },
  },
  {
    path: '/v1/recommendations',
    query: { user_id: 'ada' },
    read: (client) => client.recommendations({ user_id: 'ada' }),
    answer: { reason: expect.stringContaining('the 0 skills of this person') },
  },
  {
    path: '/v1/recommendations',
    query: { workflow_phase: 'setup' },
    read: (client) => client.recommendations({ workflow_phase: 'setup' }),
    answer: { reason: expect.stringContaining('There are 0 calls in this phase') },
  },
  {
    path: '/v1/workflow',
    query: workflow,
    read: (client) => client.workflow(workflow),
    answer: { phases: [{ workflow_phase: 'execution' }], skills: [{ skill_name: 'pdf-fill' }] },
  },
  {
    path: '/v1/skill-files',
    query: skillFiles,
    read: (client) => client.skillFiles(skillFiles),
    answer: { items: [{ skill_name: 'pdf-old', removed_at: null }] },
  },
  {
    path: '/v1/taxonomy',
    query: taxonomy,
    read: (client) => client.taxonomy(taxonomy),
    answer: { items: [{ skill_name: 'pdf-old', categories: [{ category: 'Documentation' }] }] },
  },
  {
    path: '/v1/taxonomy',
    query: { review: true },
    read: (client) => client.taxonomy({ review: true }),
    answer: { items: expect.arrayContaining([expect.objectContaining({ review: ['no_category'] })]) },
  },
]

test.each(queried)(
  'the client reads $path as the gateway answers it, with $query',
  async ({ path, query, read, answer }) => {
    await using client = clientOf()
    const given = await read(client)
    expect(given).toMatchObject(answer)
    expect(given).toEqual(await answerOf(path, query))
  },
)

test('a prediction is that of the call that is asked for', async () => {
  await using client = clientOf()
  const query: Full<PredictionQuery> = {
    ...{ skill_name: 'plan', kind: 'skill', workflow_phase: 'setup', session_id: 'analyses' },
    at: formatInstant(machineNowMs() + DAY_MS),
  }
  const given = await client.predictions(query)
  expect(given).toMatchObject({
    ...{ kind: 'skill', skill_name: 'plan', at: query.at, verdict: 'not enough data' },
    known: { workflow_phase: 'setup', position: 6 },
  })
  // The session grows with the time of the request, which is not the same moment in both answers.
  const answer = (await answerOf('/v1/predictions', query)) as Prediction
  expect({ ...given, known: { ...given.known, session_ms: answer.known.session_ms } }).toEqual(answer)
})

test('hygiene is that of the window that is asked for, with as many items', async () => {
  await using client = clientOf()
  const daysOf = ({ since, until }: { since: string; until: string }) =>
    (Date.parse(until) - Date.parse(since)) / DAY_MS
  const usual = await client.hygiene()
  expect(daysOf(usual)).toBe(30)
  expect(usual).toMatchObject({ skills: 3, unused: { total: 2, items: [{}, {}] } })
  // The window ends when the gateway answers, which is not the same moment in both answers.
  const { since: _, until: __, ...answer } = (await answerOf('/v1/hygiene')) as typeof usual
  expect(usual).toMatchObject(answer)
  const query: Full<HygieneQuery> = { days: 40, limit: 1 }
  const limited = await client.hygiene(query)
  expect(daysOf(limited)).toBe(40)
  expect(limited.unused).toMatchObject({ total: 2, items: [{}] })
})

test('lists of analyses are read in pages, each with what it was computed from', async () => {
  await using client = clientOf()
  const pairs = await pagesOf(client.dependencies({ limit: 1 }))
  expect(pairs.map(({ items, sample }) => [items[0]!.skill_a, sample?.units])).toEqual([
    ['deploy', 100],
    ['pdf-fill', 100],
  ])
  const follows = await pagesOf(client.transitions({ limit: 1 }))
  expect(follows.map(({ items, sample }) => [items[0]!.from_skill, sample?.units])).toEqual([
    ['plan', 100],
    ['deploy', 100],
  ])
  const clusters = await pagesOf(client.clusters({ limit: 1 }))
  expect(clusters.map(({ items, run }) => [items[0]!.cluster_name, run?.stability])).toEqual([
    ['pdf-fill, pdf-read', 0.9],
    ['deploy, plan', 0.9],
  ])
  const files = await pagesOf(client.skillFiles({ limit: 2 }))
  expect(files.map(({ items }) => items.map(({ skill_name }) => skill_name))).toEqual([
    ['review', 'pdf-fill'],
    ['pdf-old'],
  ])
  const skills = await pagesOf(client.taxonomy({ kind: 'skill', limit: 4 }))
  expect(skills.map(({ items }) => items.map(({ skill_name }) => skill_name))).toEqual([
    ['both', 'deploy', 'pdf-fill', 'pdf-old'],
    ['pdf-read', 'plan'],
  ])
})

async function errorOf(read: Promise<unknown>): Promise<ReadError> {
  const error = await read.catch((each: unknown) => each)
  expect(error).toBeInstanceOf(ReadError)
  return error as ReadError
}

test('a query that the gateway refuses is a ReadError that names the field', async () => {
  await using client = clientOf()
  const pointers = async (read: Promise<unknown>) =>
    (await errorOf(read)).problem?.errors?.map(({ pointer }) => pointer)
  expect(await pointers(client.predictions({ skill_name: 'both' }))).toEqual(['/kind'])
  expect(await pointers(client.recommendations({ query: 'a', user_id: 'b' }))).toEqual(['/query'])
  expect(await pointers(client.hygiene({ days: 1 }))).toEqual(['/days'])
  expect(await pointers(client.clusters({ cursor: 'none of this list' }))).toEqual(['/cursor'])
  expect((await errorOf(client.predictions({ skill_name: 'unknown' }))).status).toBe(404)
})

test('an aborted read of an analysis rejects with the reason of its signal', async () => {
  await using client = clientOf()
  const reason = new Error('no longer needed')
  const signal = AbortSignal.abort(reason)
  const reads = [
    client.similar({ skill_name: 'plan', signal }),
    client.recommendations({ signal }),
    client.predictions({ skill_name: 'plan', signal }),
    client.workflow({ signal }),
    client.hygiene({ signal }),
    client.categories({ signal }),
    client.dependencies({ signal }),
  ]
  expect(await Promise.allSettled(reads)).toEqual(reads.map(() => ({ status: 'rejected', reason })))
})
