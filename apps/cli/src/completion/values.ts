import type { Experiment, SessionSummary, SkillSummary } from '@skillwatch/schema'
import { Argument } from 'commander'
import { ask, type Endpoint } from '../http.ts'
import { localTime } from '../tail/line.ts'
import { USED_KINDS } from '../uses/read.ts'
import type { Candidate, Candidates, FindValues } from './candidates.ts'

type Source = (gateway: Endpoint, beginning: string) => Promise<Candidates>

/** In milliseconds. A person waits, so a server that is slow counts as one that does not run. */
const ANSWER_MS_MAX = 500
const SESSIONS_MAX = 50
const SKILLS_MAX = 1_000

/** Names without characters that a shell interprets, so that no name can make a shell do something. */
const IS_PLAIN = /^[\p{L}\p{N}_/][\p{L}\p{M}\p{N}_/.:@%+,=-]*$/u

const paths: Source = async () => 'paths'

/** The values of options and arguments that have no fixed choices. */
const SOURCES: Readonly<Record<string, Source>> = {
  '--session': sessions,
  '<experiment>': experiments,
  '<name>': sessionsAndUsed,
  '--skill': skills,
  '<skill>': skills,
  '--time-zone': async () => Intl.supportedValuesOf('timeZone').map(withoutDescription),
  '--settings': paths,
  '--spool': paths,
  '<command>': paths,
  '<file>': paths,
  '<folder>': paths,
  '<path>': paths,
}

/** Finds choices, and names that a gateway has recorded; of these it finds none when the gateway is away. */
export function valuesFrom(gateway: Endpoint): FindValues {
  return async (of, beginning) => {
    const source = SOURCES[of instanceof Argument ? `<${of.name()}>` : of.long!]
    const values = (await source?.(gateway, beginning)) ?? of.argChoices?.map(withoutDescription) ?? []
    return values === 'paths' ? values : values.filter(({ value }) => value.startsWith(beginning))
  }
}

function withoutDescription(value: string): Candidate {
  return { value, description: '' }
}

async function sessions(gateway: Endpoint, prefix: string): Promise<Candidate[]> {
  const query = new URLSearchParams({ ...(prefix !== '' && { prefix }), limit: String(SESSIONS_MAX) })
  const items = await read<SessionSummary>(gateway, `/v1/sessions?${query}`, 'session_id')
  return items.map(({ session_id, last_active_at, invocation_count }) => ({
    value: session_id,
    description: `${localTime(last_active_at, 'date')}, calls: ${invocation_count}`,
  }))
}

async function experiments(gateway: Endpoint): Promise<Candidate[]> {
  const items = await read<Experiment>(gateway, '/v1/experiments?limit=100', 'test_name')
  return items.map(({ test_name, status }) => ({ value: test_name, description: status }))
}

async function skills(gateway: Endpoint): Promise<Candidate[]> {
  return (await readSkills(gateway)).map(toCandidate)
}

/** What `show` shows: sessions, and skills of the kinds that are used. */
async function sessionsAndUsed(gateway: Endpoint, prefix: string): Promise<Candidate[]> {
  const [ids, items] = await Promise.all([sessions(gateway, prefix), readSkills(gateway)])
  const kinds: readonly string[] = USED_KINDS
  return [...ids, ...items.filter(({ kind }) => kinds.includes(kind)).map(toCandidate)]
}

function readSkills(gateway: Endpoint): Promise<SkillSummary[]> {
  const query = new URLSearchParams({ order_by: 'invocation_count', limit: String(SKILLS_MAX) })
  return read<SkillSummary>(gateway, `/v1/skills?${query}`, 'skill_name')
}

function toCandidate({ skill_name, kind, invocation_count }: SkillSummary): Candidate {
  return { value: skill_name, description: `${kind}, calls: ${invocation_count}` }
}

/** The items of an answer that have a plain name, the first of each name. */
async function read<Item>(gateway: Endpoint, path: string, name: keyof Item): Promise<Item[]> {
  const answer = await ask(gateway, path, { timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
  const items = (answer?.body as { items?: unknown } | null | undefined)?.items
  const byName = new Map<string, Item>()
  for (const item of Array.isArray(items) ? (items as (Item | null)[]) : []) {
    const text = item?.[name]
    if (typeof text === 'string' && IS_PLAIN.test(text) && !byName.has(text)) byName.set(text, item!)
  }
  return [...byName.values()]
}
