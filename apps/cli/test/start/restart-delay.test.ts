import { expect, test } from 'vitest'
import { restartDelayMs } from '../../src/start/restart-delay.ts'

test('deaths in a row double the delay from 250 ms to 5 s', () => {
  const delays: number[] = []
  for (let delay = 0; delays.length < 7; delays.push(delay)) delay = restartDelayMs(delay, 100)
  expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

test('after a long life a death counts as the first one', () => {
  expect(restartDelayMs(5_000, 30_000)).toBe(250)
})
