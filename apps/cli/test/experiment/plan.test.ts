import { expect, test } from 'vitest'
import { runHere } from '../run-cli.ts'

const plan = (...args: string[]) => runHere(['experiment', 'plan', ...args])

test('the users of an experiment are planned, and the options to create it with are named', async () => {
  const { code, stdout, stderr } = await plan('--baseline', '0.8', '--effect', '0.1')
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
    ['', 'CONTROL', 'TREATMENT', 'ALL'],
    ['look once, at the end', '199', '199', '398'],
    ['look at any time', '387', '387', '774'],
    [''],
  ])
  expect(stderr).toContain('--min-effect 0.1. ')
})

test('the power of users that there are is shown', async () => {
  const { stdout } = await plan('--baseline', '0.5', '--effect', '0.25', '--users', '100')
  // The example of R's power.prop.test: 0.740.
  expect(stdout).toMatch(/look once, at the end +0\.740\nlook at any time +0\.\d{3}\n/)
})

test('the numbers are also JSON', async () => {
  const { stdout } = await plan('--metric', 'rating', '--deviation', '1', '--effect', '0.5', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ power: 0.8, needed: { once: { control: 63, treatment: 63 } } })
})

test.each([
  [['--effect', '0.1'], '--metric completion_rate needs --baseline.'],
  [['--effect', '0.1', '--metric', 'rating'], '--metric rating needs --deviation.'],
  [['--effect', '0.1', '--baseline', '0.95'], 'These values cannot be planned: the effect is not 0'],
  [['--baseline', '0.5'], "required option '--effect <effect>' not specified"],
])('%j is refused: %s', async (args, message) => {
  const { code, stderr } = await plan(...args)
  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})
