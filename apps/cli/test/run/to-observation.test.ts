import { parseObservation } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProgramEnd } from '../../src/run/run-program.ts'
import { STAGES } from '../../src/run/stages.ts'
import { endObservation, startObservation } from '../../src/run/to-observation.ts'

const ended = (end: Partial<ProgramEnd>): ProgramEnd => ({
  exitCode: 0,
  signal: undefined,
  wasInterrupted: false,
  error: undefined,
  ...end,
})
const begun = startObservation({ skill: 'tests', command: '/usr/bin/pytest' }, undefined, 'id-1', NOW_MS)

test.each([
  ['0', ended({}), { outcome: 'completed' }],
  ['0 in spite of Ctrl-C', ended({ wasInterrupted: true }), { outcome: 'completed' }],
  ['3', ended({ exitCode: 3 }), { outcome: 'failed', error_type: 'exit_code_3' }],
  ['127', ended({ exitCode: 127 }), { outcome: 'failed', error_type: 'exit_code_127' }],
  [
    'a crash',
    ended({ exitCode: 139, signal: 'SIGSEGV' }),
    { outcome: 'failed', error_type: 'signal_SIGSEGV' },
  ],
  ['Ctrl-C', ended({ exitCode: 130, signal: 'SIGINT', wasInterrupted: true }), { outcome: 'abandoned' }],
  ['Ctrl-C that it handled', ended({ exitCode: 2, wasInterrupted: true }), { outcome: 'abandoned' }],
])('an end with %s is reported as %j', (_, end, expected) => {
  const { outcome, error_type, execution_ms, ended_at } = endObservation(begun, end, 12.5)
  expect({ outcome, ...(error_type && { error_type }) }).toEqual(expected)
  expect({ execution_ms, ended_at }).toEqual({ execution_ms: 12.5, ended_at: NOW_MS + 13 })
})

test.each([
  ['build', 'setup'],
  ['test', 'execution'],
  ['lint', 'verification'],
  ['security', 'verification'],
  ['deploy', 'deployment'],
  ['publish', 'deployment'],
] as const)('the stage %s is the phase %s, and the step', (stage, phase) => {
  const run = startObservation({ skill: 'x', command: 'x', stage }, undefined, 'id', NOW_MS)
  expect([run.workflow_phase, run.workflow_step_id]).toEqual([phase, stage])
})

test('what is said outright goes before what follows from the stage and the build', () => {
  const ci = { provider: 'gitlab', pipeline: 'p', build: '1', environment: 'staging' } as const
  const build = {
    ...ci,
    commit: undefined,
    branch: undefined,
    job: undefined,
    url: undefined,
    triggeredBy: undefined,
  }
  const said = { phase: 'cleanup', step: 's', session: 'mine', environment: 'production' }
  const run = startObservation({ skill: 'x', command: 'x', stage: 'test', ...said }, build, 'id', NOW_MS)
  expect(run).toMatchObject({ workflow_phase: 'cleanup', workflow_step_id: 's', session_id: 'mine' })
  expect(run.attributes).toMatchObject({
    'deployment.environment.name': 'production',
    'ci.provider': 'gitlab',
  })
  expect(startObservation({ skill: 'x', command: 'x' }, build, 'id', NOW_MS).session_id).toBe('p-1')
})

test('a run outside any session is a session of its own, and only its program is reported', () => {
  expect([begun.session_id, begun.attributes]).toEqual(['run_id-1', { 'process.executable.name': 'pytest' }])
})

test('whatever the environment says, the wire takes it', () => {
  const text = fc.string({ maxLength: 3_000, unit: 'binary' })
  const ci = fc.record({
    provider: fc.constant('github' as const),
    pipeline: text.filter((value) => value !== ''),
    build: text.filter((value) => value !== ''),
    commit: text,
    branch: text,
    job: text,
    url: text,
    triggeredBy: text,
    environment: text,
  })
  fc.assert(
    fc.property(ci, fc.constantFrom(...STAGES), (build, stage) => {
      const run = startObservation({ skill: 'x', command: 'x', stage }, build, 'id', NOW_MS)
      const parsed = parseObservation(endObservation(run, ended({}), 1), NOW_MS + 10, () => 'made')
      expect(parsed).toHaveProperty('observation')
    }),
  )
})
