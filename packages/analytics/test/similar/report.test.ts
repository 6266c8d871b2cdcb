import { parseSimilarityReport } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { similarityReport } from '../../src/index.ts'
import { expectFinite } from '../oracles.ts'
import { plantedSessions } from './planted-sessions.ts'

const WINDOW = {
  sinceMs: Date.UTC(2026, 7, 1),
  untilMs: Date.UTC(2026, 9, 30),
  computedAtMs: Date.UTC(2026, 9, 30),
}
const OPTIONS = { ...WINDOW, seed: 1 }
const GROUPS = { groups: 3, skillsOfGroup: 4, noise: 0.1 }
const skill = (skill_name: string, kind: 'skill' | 'command' = 'skill') => ({ kind, skill_name })

test('planted groups are found as stable clusters that are named by their members', () => {
  const report = similarityReport(plantedSessions({ ...GROUPS, sessions: 300 }, 7), OPTIONS)
  expect(report).toMatchObject({ sessions: 300, skills: 12, bootstraps: 50, unstable_clusters: 0 })
  expect(report.stability).toBeGreaterThan(0.9)
  const groupOf = new Map(report.memberships.map((each) => [each.skill_name, each.cluster_id]))
  expect(groupOf.size).toBe(12)
  for (const group of [0, 1, 2]) {
    const ids = new Set([0, 1, 2, 3].map((each) => groupOf.get(`g${group}-s${each}`)))
    expect(ids.size).toBe(1)
  }
  for (const { cluster_name, skill_count } of report.clusters) {
    expect(skill_count).toBe(4)
    expect(cluster_name).toMatch(/^g(\d)-s\d, g\1-s\d, g\1-s\d and 1 more$/)
  }
})

test('clusters that samples of the sessions do not confirm are counted, and not reported', () => {
  const report = similarityReport(plantedSessions({ ...GROUPS, sessions: 60 }, 7), OPTIONS)
  expect(report.stability).toBeLessThan(report.stability_needed)
  expect(report.unstable_clusters).toBeGreaterThan(0)
  expect([report.clusters, report.memberships]).toEqual([[], []])
})

test('where the clusters of samples are other ones, a cluster that all of them have is not reported either', () => {
  const pair = Array.from({ length: 20 }, () => [skill('pdf-fill'), skill('pdf-read')])
  const weak = plantedSessions({ groups: 4, skillsOfGroup: 6, noise: 0.1, sessions: 120 }, 7)
  const report = similarityReport([...pair, ...weak], OPTIONS)
  expect(report.stability).toBeLessThan(report.stability_needed)
  expect(report.unstable_clusters).toBeGreaterThan(0)
  expect(report.clusters).toEqual([])
})

test('sessions of skills that have nothing to do with each other have no clusters', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const report = similarityReport(plantedSessions({ ...GROUPS, noise: 1, sessions: 500 }, seed), OPTIONS)
    expect(report.clusters).toEqual([])
  }
})

test('with too few sessions skills are similar by their names alone', () => {
  const sessions = Array.from({ length: 19 }, () => [skill('pdf-fill'), skill('pdf-read'), skill('deploy')])
  const report = similarityReport(sessions, OPTIONS)
  expect(report).toMatchObject({
    sessions: 19,
    sessions_needed: 20,
    bootstraps: 0,
    stability: null,
    clusters: [],
  })
  expect(report.similarities).toMatchObject([
    { skill_name: 'pdf-fill', similar_name: 'pdf-read', co_use_score: null, sessions_with_both: 19 },
    { skill_name: 'pdf-read', similar_name: 'pdf-fill' },
  ])
})

test('descriptions make skills similar whose names have no word in common', () => {
  const sessions = [[skill('tidy'), skill('polish', 'command'), skill('deploy')]]
  expect(similarityReport(sessions, OPTIONS).similarities).toEqual([])
  const described = similarityReport(sessions, {
    ...OPTIONS,
    descriptionOf: ({ skill_name }) => (skill_name === 'deploy' ? 'Release it' : 'Format the sources'),
  })
  expect(
    described.similarities.map((each) => [each.skill_name, each.similar_kind, each.similar_name]),
  ).toEqual([
    ['polish', 'skill', 'tidy'],
    ['tidy', 'command', 'polish'],
  ])
})

test('the same sessions in another order give the same similar skills', () => {
  const sessions = plantedSessions({ ...GROUPS, sessions: 200 }, 3)
  const report = similarityReport(sessions, OPTIONS)
  expect(similarityReport(sessions.toReversed(), OPTIONS).similarities).toEqual(report.similarities)
  expect(similarityReport(sessions, OPTIONS)).toEqual(report)
})

test('a report is one that ingest takes, has finite numbers, and at most 20 similar skills of each', () => {
  const sessions = plantedSessions({ groups: 2, skillsOfGroup: 40, noise: 0.1, sessions: 3_000 }, 5)
  const report = similarityReport([...sessions, []], OPTIONS)
  expectFinite(report)
  expect(parseSimilarityReport(report, WINDOW.untilMs)).toHaveProperty('report')
  const bySkill = Map.groupBy(report.similarities, ({ skill_name }) => skill_name)
  expect(bySkill.size).toBe(80)
  for (const rows of bySkill.values()) {
    expect(rows.length).toBeLessThanOrEqual(20)
    expect(rows.map(({ score }) => score)).toEqual(rows.map(({ score }) => score).sort((a, b) => b - a))
  }
})

test('sessions with more than 200 skills are ignored, and without any session there is an empty report', () => {
  const many = Array.from({ length: 201 }, (_, index) => skill(`s${index}`))
  expect(similarityReport([many], OPTIONS)).toMatchObject({ ignored_sessions: 1, sessions: 0, skills: 0 })
  expect(similarityReport([], OPTIONS)).toMatchObject({ sessions: 0, similarities: [] })
})
