import { PassThrough } from 'node:stream'
import type { FindingChange } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { createFindingLines } from '../../src/tail/finding-lines.ts'
import { columns } from '../../src/text.ts'
import { localMinute, machineTimeZone } from '../../src/usage/time-zone.ts'
import { aFinding, aResolvedFinding } from '../findings/some-finding.ts'

const at = (instant: string) => localMinute(instant, machineTimeZone())
const plain = (_format: unknown, text: string) => text
const lines = (stdout = new PassThrough()) =>
  createFindingLines({ stdout, paint: { stdout: plain, stderr: plain } })

function upsert(op: 'insert' | 'update', overrides: Parameters<typeof aFinding>[0] = {}): FindingChange {
  return { offset: 1, op, finding: aFinding(overrides) }
}

const deletion: FindingChange = { offset: 9, op: 'delete', finding_id: 'f1' }
const LATER = '2026-11-22T12:00:00.000Z'

test('a finding is shown when it is opened, revised, resolved and deleted', () => {
  const render = lines()
  const title = 'skill pdf-fill: completion_rate drop'
  expect(render([upsert('insert')])).toBe(
    `${at(aFinding().updated_at)}  ✘ opened    99.8% → 0%        ${title}\n`,
  )
  expect(render([upsert('update', { updated_at: LATER, observed_value: 0.1 })])).toBe(
    `${at(LATER)}  … revised   99.8% → 10%       ${title}\n`,
  )
  expect(render([upsert('update', { resolved_at: LATER })])).toBe(
    `${at(LATER)}  ✔ resolved  99.8% → 0%        ${title}\n`,
  )
  expect(render([deletion])).toBe(`${' '.repeat(16)}  ∅ deleted   ${' '.repeat(16)}  ${title}\n`)
})

test('changes that do not change the line of a finding, as in a replay, are shown once', () => {
  const render = lines()
  const change = upsert('update', { resolved_at: LATER })
  expect(render([change, change]).split('\n')).toHaveLength(2)
  expect(render([change])).toBe('')
})

test('a deletion of a finding that was not shown is not shown', () => {
  expect(lines()([deletion])).toBe('')
})

test('at 80 columns lines fit, and a name cannot control the terminal', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true as const, columns: 80 })
  const finding = { ...aResolvedFinding(), skill_name: `evil\u001b[2J${'long'.repeat(40)}` }
  const text = lines(terminal)([{ offset: 1, op: 'insert', finding }])
  expect(columns(text.trimEnd())).toBe(80)
  expect(text).not.toContain('\u001b')
})
