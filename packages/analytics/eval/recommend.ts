import { readFileSync } from 'node:fs'
import type { Kind } from '@skillwatch/schema'
import type { PersonCalls } from '../src/baselines/persons.ts'
import { affinityReport, wilsonInterval } from '../src/index.ts'
import { recommendForPerson, recommendFromCalls } from '../src/recommend/index.ts'
import { Random } from './random.ts'

/**
 * Offline evaluation of recommendations for persons: of each person, the skill that was used first the last
 * is hidden, and counts as a hit when it is among the first k that are recommended from the rest (leave last
 * out; Deshpande & Karypis 2004, 6.2). Beside it: the most persons' skills that the person does not use.
 *
 * Usage: npm run eval:recommend -w packages/analytics [-- <tau-bench.ndjson>]
 */
const [
  path = new URL('../../../../shared/data/tau-bench/gpt-4o-airline.toolcalls.ndjson', import.meta.url),
] = process.argv.slice(2)
const K = [1, 3, 5] as const
/** Persons of the last evaluation about whom other persons say nothing. */
let fallbacks = 0
const WINDOW = { sinceMs: 0, untilMs: 1, computedAtMs: 1 }

/** What a person uses, in the order in which each was used first, with the calls of each. */
type History = ReadonlyMap<string, number>
/** Recommends at most five skills to each person, by what they and all others use. */
type Method = (histories: readonly History[]) => string[][]

const SETS: readonly [name: string, histories: readonly History[]][] = [
  // A session stands for a person, as there are none.
  ['tau-bench', tauBench()],
  ['1 of 8 interests', simulated(1, 0.2)],
  ['2 of 8 interests', simulated(2, 0.4)],
  ['no interests', simulated(8, 1)],
]
const METHODS: readonly [name: string, method: Method][] = [
  ['persons', byPersons],
  ['popularity', byPopularity],
]

console.log('| data | method | persons | hit rate at 1 | at 3 | at 5 (95%) | coverage | fallback |')
console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const [name, histories] of SETS)
  for (const [methodName, method] of METHODS) console.log(evaluate(name, histories, methodName, method))

function evaluate(name: string, all: readonly History[], methodName: string, method: Method): string {
  const histories = all.filter(({ size }) => size >= 4)
  const hidden = histories.map((history) => [...history.keys()].at(-1)!)
  const known = histories.map((history) => new Map([...history].slice(0, -1)))
  fallbacks = 0
  const lists = method(known)
  const hits = K.map(
    (k) => lists.filter((list, person) => list.slice(0, k).includes(hidden[person]!)).length,
  )
  const share = (count: number) => (count / histories.length).toFixed(2)
  const [low, high] = wilsonInterval({ hits: hits[2]!, of: histories.length })
  const skills = new Set(known.flatMap((history) => [...history.keys()]))
  const coverage = new Set(lists.flat()).size / skills.size
  const interval = `(${low.toFixed(2)}–${high.toFixed(2)})`
  const rates = `${share(hits[0]!)} | ${share(hits[1]!)} | ${share(hits[2]!)} ${interval}`
  const fallback = methodName === 'persons' ? share(fallbacks) : '–'
  return `| ${name} | ${methodName} | ${histories.length} | ${rates} | ${coverage.toFixed(2)} | ${fallback} |`
}

/** As the service does: from affinities, and where these say nothing from all calls. */
function byPersons(histories: readonly History[]): string[][] {
  const rows = rowsOf(histories)
  const { affinities } = affinityReport(rows, WINDOW)
  const totals = [...Map.groupBy(rows, ({ skill_name }) => skill_name)].map(([skill_name, ofSkill]) => {
    const count = ofSkill.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
    return { kind: 'skill' as Kind, skill_name, ended_count: count, completed_count: count }
  })
  return histories.map((history) => {
    const uses = [...history].map(([skill_name, count]) => {
      return { kind: 'skill' as Kind, skill_name, ended_count: count, completed_count: count }
    })
    const items = recommendForPerson(
      uses,
      affinities.filter(({ skill_name }) => history.has(skill_name)),
      5,
    )
    if (items.length === 0) fallbacks += 1
    const shown = items.length > 0 ? items : recommendFromCalls(totals, uses, 5)
    return shown.map(({ skill_name }) => skill_name)
  })
}

function byPopularity(histories: readonly History[]): string[][] {
  const counts = new Map<string, number>()
  for (const history of histories)
    for (const skill of history.keys()) counts.set(skill, (counts.get(skill) ?? 0) + 1)
  const ordered = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([skill]) => skill)
  return histories.map((history) => ordered.filter((skill) => !history.has(skill)).slice(0, 5))
}

/** One row for each skill and person, those of a skill after each other. All calls complete. */
function rowsOf(histories: readonly History[]): PersonCalls[] {
  const rows = histories.flatMap((history, person) =>
    [...history].map(([skill_name, count]) => ({
      ...{ kind: 'skill', skill_name, user_hash: `p${person}`, invocation_count: count },
      ...{ completed_count: count, duration_count: 0, duration_ms_sum: 0, phase_counts: {} },
    })),
  )
  return rows.sort((a, b) => (a.skill_name < b.skill_name ? -1 : a.skill_name > b.skill_name ? 1 : 0))
}

function tauBench(): History[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => countedInOrder((JSON.parse(line) as Session).calls.map(({ tool }) => tool)))
}

interface Session {
  readonly calls: readonly { readonly tool: string }[]
}

/**
 * 300 persons with 30 to 60 calls of 120 skills in eight interests. A call is of one of the person's
 * interests, or with the probability `anything` of any; within these, the n-th skill has a weight of 1 / n.
 */
function simulated(interests: number, anything: number): History[] {
  const random = new Random(11)
  const zipf = (count: number) => {
    const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1))
    const sum = weights.reduce((total, each) => total + each, 0)
    return random.index(weights.map((each) => each / sum))
  }
  return Array.from({ length: 300 }, () => {
    const own = Array.from({ length: interests }, () => random.below(8))
    const calls = Array.from({ length: 30 + random.below(31) }, () => {
      const interest = random.uniform() < anything ? random.below(8) : own[random.below(interests)]!
      return `i${interest}-s${zipf(15)}`
    })
    return countedInOrder(calls)
  })
}

function countedInOrder(calls: readonly string[]): History {
  const history = new Map<string, number>()
  for (const call of calls) history.set(call, (history.get(call) ?? 0) + 1)
  return history
}
