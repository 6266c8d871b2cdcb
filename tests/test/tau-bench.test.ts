import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectCalls, coUses, judgeSkill, type SessionCall, transitions } from '@skillwatch/analytics'
import { sharedData } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { describeWith, type Part } from './support/parts.ts'

const recordings: Part = {
  name: 'recorded sessions of tau-bench (shared/data beside the repository)',
  isPresent: () => sharedData() !== undefined,
}

interface Recorded {
  readonly calls: readonly { readonly seq: number; readonly tool: string; readonly is_error: boolean }[]
}

function readRecorded(): Recorded[] {
  const path = join(sharedData()!, 'tau-bench/gpt-4o-airline.toolcalls.ndjson')
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Recorded)
}

/** The tools of each session, in the order of its calls. */
function readSessions(): string[][] {
  return readRecorded().map(({ calls }) => calls.map(({ tool }) => tool))
}

describeWith(recordings, 'dependencies in recorded sessions', () => {
  test('which tools are used together equals a count of the sessions that have both', () => {
    const sessions = readSessions()
    const answer = coUses(sessions, 'session')
    if (!answer.enough) throw new Error('expected pairs')
    expect(answer).toMatchObject({ all: 200, ignoredUnits: 0 })
    const tools = [...new Set(sessions.flat())].sort()
    const having = (...wanted: string[]) =>
      sessions.filter((session) => wanted.every((tool) => session.includes(tool))).length
    const counted = tools
      .flatMap((a) => tools.filter((b) => a < b).map((b) => ({ a, b, both: having(a, b) })))
      .filter(({ both }) => both >= 5)
      .map(({ a, b, both }) => ({ a, b, both, lift: (both * 200) / (having(a) * having(b)) }))
    expect(counted.length).toBeGreaterThan(20)
    const found = answer.pairs.map(({ a, b, both, lift }) => ({ a, b, both, lift }))
    expect(found.sort(byName)).toEqual(counted.sort(byName))
  })

  test('what follows what equals a count of neighbours', () => {
    const sessions = readSessions()
    const answer = transitions(sessions.map(toCalls), 'session')
    if (!answer.enough) throw new Error('expected transitions')
    const neighbours = sessions.map((session) =>
      session.slice(1).map((to, i) => ({ from: session[i]!, to })),
    )
    const counted = Object.values(Object.groupBy(neighbours.flat(), ({ from, to }) => `${from} ${to}`)).map(
      (each) => {
        const { from, to } = each![0]!
        const units = neighbours.filter((all) =>
          all.some((one) => one.from === from && one.to === to),
        ).length
        return { from, to, count: each!.length, units }
      },
    )
    const found = answer.transitions.map(({ from, to, count, units }) => ({ from, to, count, units }))
    expect(found.length).toBeGreaterThan(20)
    expect(found.sort(byName)).toEqual(counted.filter(({ units }) => units >= 5).sort(byName))
  })
})

describeWith(recordings, 'predictions in recorded sessions', () => {
  test('whether a call fails is judged on later sessions, and the score stands beside the base rate', () => {
    // One skill with the tool as its phase, as no tool alone fails 50 times. Sessions have no times: they
    // follow each other in the order of the file, an hour apart. Each part has the same tasks, so new tasks
    // may do worse.
    const sessions = readRecorded().map(({ calls }, session) =>
      calls.map(({ tool, is_error }, index): SessionCall => {
        const invoked_at_ms = 3_600_000 * session + 1_000 * index
        return {
          ...{ kind: 'agent', skill_name: 'airline', workflow_phase: tool, invoked_at_ms },
          ...{ ended_at_ms: invoked_at_ms + 500, outcome: is_error ? 'failed' : 'completed' },
        }
      }),
    )
    const window = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, timeZone: 'UTC', callsMax: 10_000 }
    const [skill] = collectCalls(sessions, window)
    const { verdict, judgement, base_rate } = judgeSkill(skill!.calls, 33)
    expect(skill!.calls).toHaveLength(1_164)
    expect(verdict).toBe('better than the base rate')
    expect(judgement).toMatchObject({ judged_calls: 229, judged_completed: 215, judged_sessions: 37 })
    expect(base_rate).toBeCloseTo(0.9366, 4)
    const { brier, base_brier, brier_skill, brier_skill_low, auc } = judgement!
    expect([brier, base_brier, brier_skill, auc].map((score) => Number(score.toFixed(3)))).toEqual([
      0.037, 0.057, 0.354, 0.972,
    ])
    expect(brier_skill_low).toBeGreaterThan(0.1)
  })
})

/** The calls have no times: they begin and end a second apart. */
function toCalls(session: readonly string[]) {
  return session.map((skill, index) => ({
    skill,
    started_at_ms: 1_000 * index,
    ended_at_ms: 1_000 * index + 500,
  }))
}

function byName(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
