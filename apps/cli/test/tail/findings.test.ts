import type { FindingChange } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { aFinding, aResolvedFinding } from '../findings/some-finding.ts'
import { runHere, startCli } from '../run-cli.ts'
import { startStreamDouble } from '../stream-double.ts'

const CHANGES: readonly FindingChange[] = [
  { offset: 1, op: 'insert', finding: aResolvedFinding() },
  { offset: 2, op: 'insert', finding: aFinding() },
]

test('tail --findings follows findings, and not invocations', async () => {
  await using gateway = await startStreamDouble(CHANGES)
  const args = ['tail', '--findings', '--kind', 'skill', '--skill', 'pdf-fill', '--url', gateway.url]
  await using tail = await startCli(args, { ready: async () => true })
  await until(() => /✔ resolved .*\n.*✘ opened .*completion_rate drop/.test(tail.output()))
  expect(gateway.subscriptions).toMatchObject([
    { entities: ['finding'], filter: { kind: ['skill'], skill_name: ['pdf-fill'] }, from: 'now' },
  ])
  tail.kill('SIGINT')
  expect((await tail.exited).code).toBe(0)
})

test('--no-follow prints stored changes of findings and ends; --since leaves out older ones', async () => {
  await using gateway = await startStreamDouble(CHANGES)
  const all = await runHere(['tail', '--findings', '--no-follow', '--url', gateway.url])
  expect(all.stdout.trimEnd().split('\n')).toHaveLength(2)
  expect(gateway.subscriptions).toMatchObject([{ from: 'start' }])
  const args = ['tail', '--findings', '--no-follow', '--since', '2026-11-22T00:00:00Z', '--url', gateway.url]
  const { code, stdout } = await runHere(args)
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout).toContain('skill pdf-fill: completion_rate drop')
})

test('--json prints each change as a line', async () => {
  await using gateway = await startStreamDouble(CHANGES)
  const { stdout } = await runHere(['tail', '--findings', '--no-follow', '--json', '--url', gateway.url])
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(CHANGES)
})

test('without stored changes a note names the command that lists findings', async () => {
  await using gateway = await startStreamDouble([])
  const { code, stderr } = await runHere(['tail', '--findings', '--no-follow', '--url', gateway.url])
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'No stored finding matches. `skillwatch findings --state all` shows all.\n',
  })
})

test.each([['--session', 's'], ['--outcome', 'failed'], ['--lines', '3'], ['--running']])(
  'with %s it is refused, as a finding has none',
  async (...option) => {
    const { code, stderr } = await runHere(['tail', '--findings', ...option])
    expect(code).toBe(2)
    expect(stderr).toContain("'--findings' cannot be used with option")
  },
)
