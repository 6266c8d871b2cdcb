import type {
  Invocation,
  Overview,
  SessionSummary,
  Turn,
  UsageReply,
  Use,
  UseSummary,
  UseSummaryReply,
} from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import { type List, type Page, readPages } from '../pages.ts'
import type { PeriodName } from './periods.ts'
import { skillKey } from './skill-key.ts'
import { type Window, windowBefore } from './window.ts'

/** What a report needs to know of a single use. */
export type UseFacts = Pick<
  Use,
  | 'use_id'
  | 'kind'
  | 'skill_name'
  | 'session_id'
  | 'parent_use_id'
  | 'began_at'
  | 'calls_with_nested'
  | 'failed_calls_with_nested'
>

/** The answers about one window. */
export interface RecordedWindow {
  readonly window: Window
  readonly overview: Overview
  /** Sums of uses, by skill. */
  readonly skills: readonly UseSummary[]
  /** Tokens and money, by session. */
  readonly usage: UsageReply
  /** The session of each turn. */
  readonly turnSessions: readonly string[]
  /** The latest uses; all of them unless `isCut`. */
  readonly uses: readonly UseFacts[]
  readonly isCut: boolean
  /** Sessions whose calls overlap the window. */
  readonly sessions: readonly SessionSummary[]
}

/** Everything that a report is made of. */
export interface Recorded {
  readonly now: RecordedWindow
  /** Null when no comparison was asked for. */
  readonly before: RecordedWindow | null
  /** When the first call was made of all that are recorded; null when none is. */
  readonly firstCallMs: number | null
  /** When each skill was used first, of those that were not used in the window before. By `skillKey`. */
  readonly firstUsesMs: ReadonlyMap<string, number>
  readonly usesByPeriod: readonly UseSummary[]
  readonly usageByPeriod: UsageReply['items']
  readonly usesByRepository: readonly UseSummary[]
  readonly usageByRepository: UsageReply['items']
  readonly usageByModel: UsageReply['items']
}

export interface ReadOptions {
  readonly window: Window
  readonly isCompared: boolean
  readonly period: PeriodName
  readonly timeZone: string
  readonly signal: AbortSignal
}

/** Single uses say how uses are distributed over sessions. That many are enough for it. */
const USES_MAX = 10_000
/** Requests at the same time, for skills that may be new. */
const REQUESTS_MAX = 8

/** @throws {CliError} when ws-gateway does not answer or refuses */
export async function readRecorded(gateway: Endpoint, options: ReadOptions): Promise<Recorded> {
  const reader = new Reader(gateway, options.signal)
  const { window, period, timeZone, isCompared } = options
  const before = isCompared ? windowBefore(window) : null
  const sessions = await reader.sessionsSince((before ?? window).sinceMs)
  const now = await reader.window(window, sessions)
  const recordedBefore = before && (await reader.window(before, sessions))
  const query = { ...queryOf(window), time_zone: timeZone }
  return {
    now,
    before: recordedBefore,
    firstCallMs: await reader.firstCallMs(),
    firstUsesMs: await reader.firstUsesMs(recordedBefore ? addedSkills(now, recordedBefore) : []),
    usesByPeriod: (await reader.uses({ ...query, by: `${period},kind` })).items,
    usageByPeriod: (await reader.usage({ ...query, by: period })).items,
    usesByRepository: (await reader.uses({ ...query, by: 'repository' })).items,
    usageByRepository: (await reader.usage({ ...query, by: 'repository' })).items,
    // Calls of which no model is known are items too.
    usageByModel: (await reader.usage({ ...query, by: 'model' })).items.filter(
      ({ responses }) => responses > 0,
    ),
  }
}

class Reader {
  readonly #gateway: Endpoint
  readonly #signal: AbortSignal

  constructor(gateway: Endpoint, signal: AbortSignal) {
    this.#gateway = gateway
    this.#signal = signal
  }

  async window(window: Window, sessions: readonly SessionSummary[]): Promise<RecordedWindow> {
    const query = queryOf(window)
    const turns = await this.#pages<Turn>({ path: '/v1/turns', keyOf: turnKey, query })
    const uses = await this.#uses(query, USES_MAX)
    return {
      window,
      overview: await this.#demand('/v1/overview', query),
      skills: (await this.uses({ ...query, by: 'skill' })).items,
      usage: await this.usage({ ...query, by: 'session' }),
      turnSessions: turns.items.map(({ session_id }) => session_id),
      uses: uses.items,
      isCut: uses.isMore,
      sessions: sessions.filter((session) => isDuring(session, window)),
    }
  }

  async sessionsSince(sinceMs: number): Promise<SessionSummary[]> {
    const isEnd = ({ last_active_at }: SessionSummary) => Date.parse(last_active_at) < sinceMs
    const keyOf = ({ session_id }: SessionSummary) => session_id
    return (await this.#pages<SessionSummary>({ path: '/v1/sessions', keyOf, isEnd })).items
  }

  async firstCallMs(): Promise<number | null> {
    const query = { order: 'asc', limit: '1' }
    const { items } = await this.#demand<Page<Invocation>>('/v1/invocations', query)
    return items[0] === undefined ? null : Date.parse(items[0].invoked_at)
  }

  async firstUsesMs(skills: readonly UseSummary[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for (let start = 0; start < skills.length; start += REQUESTS_MAX) {
      const some = skills.slice(start, start + REQUESTS_MAX)
      const instants = await Promise.all(some.map((skill) => this.#firstUseMs(skill)))
      for (const [index, skill] of some.entries()) found.set(skillKey(skill), instants[index]!)
    }
    return found
  }

  uses(query: Readonly<Record<string, string>>): Promise<UseSummaryReply> {
    return this.#demand('/v1/uses/summary', query)
  }

  usage(query: Readonly<Record<string, string>>): Promise<UsageReply> {
    return this.#demand('/v1/usage', query)
  }

  async #firstUseMs({ kind, skill_name }: UseSummary): Promise<number> {
    const query = { kind: kind!, skill_name: skill_name!, order: 'asc' }
    const { items } = await this.#uses(query, 1)
    // The skill may have been deleted meanwhile.
    return items[0] === undefined ? Number.POSITIVE_INFINITY : Date.parse(items[0].began_at)
  }

  #uses(query: Readonly<Record<string, string>>, limit: number) {
    return this.#pages<UseFacts>({ path: '/v1/uses', keyOf: ({ use_id }) => use_id, query, limit })
  }

  #demand<T>(path: string, query: Readonly<Record<string, string>>): Promise<T> {
    return demand(this.#gateway, `${path}?${new URLSearchParams(query)}`, { signal: this.#signal })
  }

  #pages<Item>(list: List<Item>) {
    return readPages(this.#gateway, list, this.#signal)
  }
}

function turnKey({ session_id, prompt_id }: Turn): string {
  return `${session_id}\0${prompt_id}`
}

function queryOf({ sinceMs, untilMs }: Window): { since: string; until: string } {
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() }
}

function isDuring({ first_invoked_at, last_active_at }: SessionSummary, { sinceMs, untilMs }: Window) {
  return Date.parse(last_active_at) >= sinceMs && Date.parse(first_invoked_at) < untilMs
}

/** Skills that are used in a window and were not in the one before. */
function addedSkills(now: RecordedWindow, before: RecordedWindow): UseSummary[] {
  const known = new Set(before.skills.filter(({ uses }) => uses > 0).map(skillKey))
  return now.skills.filter((skill) => skill.uses > 0 && !known.has(skillKey(skill)))
}
