import type { RecommendationReply } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record, startService } from '../stack.ts'

const stack = new AsyncDisposableStack()
let own: OwnEnvironment
beforeAll(async () => {
  own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
}, 60_000)
afterAll(() => stack.disposeAsync())

const run = (...args: string[]) => runHere(args, own.env)
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

let ids = 0
const callsOf = (session_id: string, user_id: string, ...names: readonly string[]) =>
  names.map((skill_name) => ({
    ...{ invocation_id: `call-${ids++}`, skill_name, session_id, user_id, outcome: 'completed' },
    ...{ invoked_at: machineNowMs() - 3_600_000, elapsed_ms: 1_000 },
  }))

/** Twelve persons with three sessions each: of documents, of releases, and of `plan` alone. */
const CALLS = Array.from({ length: 12 }, (_, person) => `u-${person}`).flatMap((user) => [
  ...callsOf(`${user} documents`, user, 'pdf-fill', 'pdf-read'),
  ...callsOf(`${user} releases`, user, 'review', 'deploy', ...(user === 'u-0' ? [] : ['changelog'])),
  ...callsOf(`${user} other`, user, 'plan'),
])

test('before the first run, notes say how to compute similar skills and clusters', async () => {
  await record(own, ...callsOf('first', 'u-1', 'plan'))
  for (const args of [['similar', 'plan'], ['clusters']]) {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout]).toEqual([0, ''])
    expect(words(stderr)).toContain(
      'were not computed yet: the analyst does so once a day, and `skillwatch analyse',
    )
  }
  const { stdout, stderr } = await run('recommend')
  expect(stdout).toContain('1. plan')
  expect(stderr).toContain('There are no baselines yet')
})

test('what ingest recorded is compared and stored, and the same calls again change nothing', async () => {
  await record(own, ...CALLS)
  const first = await run('analyse', 'similar')
  expect(words(first.stdout)).toMatch(
    /^37 sessions, 6 skills: stored \d+ rows of similar skills\. 2 clusters \(stability \d\.\d\d over 50 samples of the sessions\)\. \d+ rows of what at least 10 persons also use\.$/,
  )
  const { stored } = JSON.parse((await run('analyse', 'similar', '--json')).stdout)
  expect(stored).toMatchObject({
    similarity: { inserted: 0, updated: 0, deleted: 0 },
    affinity: { inserted: 0, updated: 0 },
  })
  expect(stored.similarity.unchanged).toBeGreaterThan(0)
})

test('similar skills and clusters are shown in tables that name their numbers', async () => {
  const similar = await run('similar', 'pdf-fill')
  expect(similar.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    'SKILL     SCORE  CO-USE  TEXT  BOTH  OF  OF ITS',
    expect.stringMatching(/^pdf-read +1\.00 +1\.00 +0\.\d\d +12 +12 +12$/),
    '',
  ])
  const clusters = await run('clusters')
  expect(clusters.stdout).toMatch(/^1\. (changelog|deploy|review), .* \(stability \d\.\d\d\)\n/)
  expect(clusters.stdout).toMatch(
    /2\. pdf-fill, pdf-read \(stability \d\.\d\d\)\n {2}MEMBER +MEMBERSHIP\n {2}pdf-fill/,
  )
  expect(words(clusters.stderr)).toMatch(
    /^2 clusters \(stability .*\)\. Computed .* from 37 sessions with 6 skills/,
  )
  expect((await run('clusters', '--csv')).stdout.split('\r\n')[0]).toBe(
    'cluster_id,cluster_name,stability,kind,skill_name,membership_score',
  )
})

test('a person is recommended what others with the same skills also use', async () => {
  const { stdout, stderr } = await run('recommend', '--user', 'u-0')
  expect(words(stdout)).toMatch(
    /^1\. changelog 0\.\d\d At least 10 persons who use \S+ \(and those who use 4 more of the skills used well\) also use it, and 100% of its calls complete, each person counting once\.$/,
  )
  expect(words(stderr)).toBe('From what persons who use some of the 5 skills of this person also use.')
})

test('a query and a phase are answered, and the answer says when it is a fallback', async () => {
  const reply = async (...args: string[]): Promise<RecommendationReply> =>
    JSON.parse((await run('recommend', '--json', ...args)).stdout)
  expect(await reply('read a pdf')).toMatchObject({
    source: 'text',
    items: [{ skill_name: 'pdf-read' }, {}],
  })
  expect(await reply('--phase', 'cleanup')).toMatchObject({ source: 'calls' })
  expect((await run('recommend', 'pdf', '--csv')).stdout).toMatch(/^kind,skill_name,score,source,samples/)
})

test('a deleted skill is similar to nothing, in no cluster, and not recommended', async () => {
  expect((await run('delete', '--skill', 'changelog', '--kind', 'skill', '--yes')).code).toBe(0)
  expect((await run('clusters')).stdout).not.toContain('changelog')
  expect((await run('recommend', '--user', 'u-0')).stdout).not.toContain('changelog')
})

test.each([
  [['similar', 'unknown'], 1, 'no call of "unknown" is recorded'],
  [['recommend', 'pdf', '--user', 'u-1'], 2, 'give a query, --user or --phase, and only one of them.'],
  [['recommend', '--limit', '0'], 2, 'Expected a number of skills from 1 to 100.'],
  [['analyse', 'similar', '--since', '1d', '--until', '2d'], 2, '--since must be before --until'],
])('%j is refused', async (args, exitCode, message) => {
  const { code, stderr } = await run(...args)
  expect(code).toBe(exitCode)
  expect(words(stderr)).toContain(message)
})
