import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Hygiene, hygieneOf, type InstalledSkill } from '@skillwatch/analytics/hygiene'
import { callsOfSkills, installedFiles, lastScannedAt, snapshot, useHours } from '@skillwatch/db'
import { formatInstant, HygieneReply } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { defaulted, limitParameter, parameters, problems } from './parameters.ts'

const DAY_MS = 86_400_000
const DAYS_DEFAULT = 30

/** `GET /v1/hygiene`: what to remove, what to mend, and what descriptions cost. */
export function hygieneRoutes(deps: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/hygiene', { config: { scope: 'read' }, schema }, async ({ project, query }) => {
      const untilMs = deps.now()
      const window = { sinceMs: untilMs - query.days * DAY_MS, untilMs }
      return read(deps, project.project_id, window, query.limit)
    })
  }
}

const schema = {
  tags: ['skills'],
  summary: 'What to remove, what to mend, and what descriptions cost',
  description:
    'About the skills, commands and sub-agents that `skillwatch skills scan` has found: unused ones, those ' +
    'of whose calls too many failed, near-duplicates, and the tokens of their descriptions, which each ' +
    'session has in its context. Read from roll-ups and the last scans. docs/ANALYTICS.md has the formulas.',
  querystring: parameters({
    days: defaulted(
      Type.Integer({ minimum: 7, maximum: 365, default: DAYS_DEFAULT, description: 'The window, in days.' }),
    ),
    limit: limitParameter(100),
  }),
  response: { 200: HygieneReply, ...problems },
}

interface Window {
  readonly sinceMs: number
  readonly untilMs: number
}

function read({ reader }: GatewayDeps, projectId: number, window: Window, limit: number): HygieneReply {
  const { sinceMs, untilMs } = window
  return snapshot(reader, () => {
    const uses = useHours(
      reader,
      projectId,
      { since_ms: sinceMs, until_ms: untilMs },
      {
        by: ['kind', 'skill_name'],
        counters: ['use_count', 'calls_with_nested', 'failed_calls_with_nested'],
        splitAt: () => [],
      },
    )
    const facts = {
      files: installedFiles(reader, projectId),
      calls: callsOfSkills(reader, projectId),
      uses: uses.map(({ kind, skill_name, use_count, ...counts }) => ({
        kind: kind!,
        skill_name: skill_name!,
        use_count,
        calls: counts.calls_with_nested,
        failed_calls: counts.failed_calls_with_nested,
      })),
    }
    return toReply(hygieneOf(facts, window), window, lastScannedAt(reader, projectId), limit)
  })
}

function toReply(
  { unused, failing, duplicates, cost, ...hygiene }: Hygiene,
  { sinceMs, untilMs }: Window,
  scannedAtMs: number | null,
  limit: number,
): HygieneReply {
  return {
    since: formatInstant(sinceMs),
    until: formatInstant(untilMs),
    scanned_at: scannedAtMs === null ? null : formatInstant(scannedAtMs),
    skills: hygiene.skills,
    unused: listOf(unused, limit, (skill) => ({
      ...named(skill),
      installed_at: formatInstant(skill.installed_at_ms),
      last_used_at: skill.last_used_at_ms === null ? null : formatInstant(skill.last_used_at_ms),
      calls: skill.calls,
      silence_p: skill.silence_p,
      description_tokens: skill.description_tokens,
    })),
    not_judged: {
      installed_lately: hygiene.installedLately,
      rarely_used: hygiene.rarelyUsed,
      too_few_calls: hygiene.tooFewCalls,
    },
    failing: listOf(failing, limit, ({ uses, calls, failed_calls, failed_share, interval, ...skill }) => ({
      ...named(skill),
      ...{ uses, calls, failed_calls, failed_share },
      failed_share_low: interval[0],
      failed_share_high: interval[1],
    })),
    near_duplicates: listOf(duplicates, limit, ({ a, b, similarity, identical }) => ({
      a: named(a),
      b: named(b),
      ...{ similarity, identical },
    })),
    context_cost: { ...cost, places: cost.places.slice(0, limit) },
  }
}

function named({ kind, skill_name, places }: InstalledSkill) {
  return { kind, skill_name, places: [...places] }
}

function listOf<From, To>(all: readonly From[], limit: number, to: (item: From) => To) {
  return { total: all.length, items: all.slice(0, limit).map(to) }
}
