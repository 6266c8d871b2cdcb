import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { type DependencyUnits, dependencyUnits, snapshot, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { at, call, prompt, recordReports } from '../turns/derived.ts'

const EVER = { sinceMs: 0, untilMs: NOW_MS + 1 }

/** `skill plan` at a second of the session, in a turn. */
function calls(session_id: string, prompt_id: string, from: number, names: readonly string[]) {
  return names.map((text, index) => {
    const [kind, skill_name] = text.split(' ') as ['skill', string]
    const invoked_at = at(from + index * 10)
    return call(
      anObservation({
        ...{ session_id, prompt_id, kind, skill_name, invoked_at, ended_at: invoked_at + 4_000 },
        invocation_id: `${session_id} ${from + index * 10}`,
      }),
    )
  })
}

const HISTORY = [
  prompt({ session_id: 'a', prompt_id: 'a1', began_at: at(0) }),
  ...calls('a', 'a1', 1, ['skill plan', 'tool Read', 'command plan', 'skill plan']),
  prompt({ session_id: 'a', prompt_id: 'a2', began_at: at(100) }),
  ...calls('a', 'a2', 101, ['agent Explore', 'mcp search']),
  prompt({ session_id: 'b', prompt_id: 'b1', began_at: at(200) }),
  ...calls('b', 'b1', 201, ['tool Read']),
  call({ session_id: 'c', skill_name: 'deploy', invoked_at: at(300), outcome: 'running' }),
]

async function history() {
  const database = openTestDatabase()
  await recordReports(database.writer, HISTORY)
  return database
}

const skillsIn = (units: DependencyUnits) =>
  [...units.skills()].map((skills) => skills.map(({ kind, skill_name }) => `${kind} ${skill_name}`).sort())

const callsIn = (units: DependencyUnits) =>
  [...units.calls()].map((each) =>
    each
      .toSorted((a, b) => a.invoked_at_ms - b.invoked_at_ms)
      .map(({ skill_name, invoked_at_ms, ended_at_ms }) => [
        skill_name,
        (invoked_at_ms - at(0)) / 1_000,
        ended_at_ms && (ended_at_ms - at(0)) / 1_000,
      ]),
  )

function read<T>(
  writer: Writer,
  query: Partial<Parameters<typeof dependencyUnits>[2]>,
  of: (u: DependencyUnits) => T,
) {
  return snapshot(writer, () => of(dependencyUnits(writer, PROJECT, { unit: 'session', ...EVER, ...query })))
}

test('sessions have their skills, commands, agents and MCP tools, each once; one without any is a unit', async () => {
  using database = await history()
  const { writer } = database
  expect(read(writer, {}, skillsIn)).toEqual([
    ['agent Explore', 'command plan', 'mcp search', 'skill plan'],
    [],
    ['skill deploy'],
  ])
  expect(read(writer, { kinds: ['tool'] }, skillsIn)).toEqual([['tool Read'], ['tool Read'], []])
  expect(read(writer, {}, callsIn)).toEqual([
    [
      ...[
        ['plan', 1, 5],
        ['plan', 21, 25],
        ['plan', 31, 35],
      ],
      ...[
        ['Explore', 101, 105],
        ['search', 111, 115],
      ],
    ],
    [],
    [['deploy', 300, null]],
  ])
})

test('turns have what their prompt led to', async () => {
  using database = await history()
  const { writer } = database
  expect(read(writer, { unit: 'turn' }, skillsIn)).toEqual([
    ['command plan', 'skill plan'],
    ['agent Explore', 'mcp search'],
    [],
  ])
  expect(read(writer, { unit: 'turn' }, callsIn)).toEqual([
    [
      ['plan', 1, 5],
      ['plan', 21, 25],
      ['plan', 31, 35],
    ],
    [
      ['Explore', 101, 105],
      ['search', 111, 115],
    ],
    [],
  ])
})

test('a session belongs to the window of its last activity, and a turn to that of its beginning', async () => {
  using database = await history()
  const { writer } = database
  const count = (units: DependencyUnits) => [...units.skills()].length
  expect(read(writer, { untilMs: at(115) }, count)).toBe(0)
  expect(read(writer, { sinceMs: at(115), untilMs: at(116) }, count)).toBe(1)
  expect(read(writer, { sinceMs: at(206) }, count)).toBe(1)
  expect(read(writer, { unit: 'turn', sinceMs: at(0), untilMs: at(100) }, count)).toBe(1)
  expect(read(writer, { unit: 'turn', sinceMs: at(100), untilMs: at(200) }, count)).toBe(1)
  expect(snapshot(writer, () => count(dependencyUnits(writer, 2, { unit: 'session', ...EVER })))).toBe(0)
})

test('each statement searches one index', async () => {
  using database = await history()
  const { writer } = database
  const plans = await plansOf(writer, () => {
    for (const unit of ['session', 'turn'] as const) {
      read(writer, { unit }, skillsIn)
      read(writer, { unit }, callsIn)
    }
  })
  const indexes = plans.map(
    ({ plan }) => /SEARCH \w+ USING (?:COVERING )?(?:INDEX )?(.+)/.exec(plan[0]!)?.[1],
  )
  expect(indexes).toEqual([
    'session_by_activity (project_id=? AND last_active_at_ms>? AND last_active_at_ms<?)',
    'PRIMARY KEY (project_id=? AND session_id=? AND kind=?)',
    'skill_invocation_by_session (project_id=? AND session_id=?)',
    'turn_by_time (project_id=? AND began_at_ms>? AND began_at_ms<?)',
    'skill_invocation_by_prompt (project_id=? AND session_id=? AND prompt_id=?)',
    'skill_invocation_by_prompt (project_id=? AND session_id=? AND prompt_id=?)',
  ])
})
