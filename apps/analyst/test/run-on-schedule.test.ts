import { steppableClock, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runOnSchedule } from '../src/run-on-schedule.ts'
import { HOUR_MS } from './support/calls.ts'

/** A schedule with a clock that the test moves, and the runs that it did. */
function startSchedule(work: () => Promise<void> = async () => {}) {
  const { now, step } = steppableClock()
  const stop = new AbortController()
  const runs: string[] = []
  let looks = 0
  const ended = runOnSchedule(
    {
      everyMs: HOUR_MS,
      pollMs: 1,
      now: () => {
        looks += 1
        return now()
      },
      run: async (dueAtMs) => {
        runs.push(new Date(dueAtMs).toISOString().slice(11, 16))
        await work()
      },
    },
    stop.signal,
  ).catch((error: Error) => error.name)
  const looksMore = async () => {
    const before = looks
    await until(() => looks > before + 4)
  }
  return { runs, step, ended, looksMore, stop: () => stop.abort() }
}

test('it runs at the start, and then once when the next run is due', async () => {
  const { runs, step, looksMore, stop, ended } = startSchedule()
  await looksMore()
  expect(runs).toEqual(['11:05'])
  step(4 * 60_000)
  await looksMore()
  expect(runs).toEqual(['11:05'])
  step(60_000)
  await looksMore()
  expect(runs).toEqual(['11:05', '12:05'])
  stop()
  expect(await ended).toBe('AbortError')
})

test('runs that were missed in a pause are made up for by one run', async () => {
  const { runs, step, looksMore, stop, ended } = startSchedule()
  await looksMore()
  step(30 * HOUR_MS)
  await looksMore()
  expect(runs).toEqual(['11:05', '17:05'])
  stop()
  await ended
})

test('a run that is due while another one runs begins when that has ended', async () => {
  const first = Promise.withResolvers<void>()
  let running = 0
  let mostAtOnce = 0
  const { runs, step, looksMore, stop, ended } = startSchedule(async () => {
    running += 1
    mostAtOnce = Math.max(mostAtOnce, running)
    await first.promise
    running -= 1
  })
  await until(() => runs.length === 1)
  step(3 * HOUR_MS)
  first.resolve()
  await until(() => runs.length === 2)
  await looksMore()
  expect(runs).toEqual(['11:05', '14:05'])
  expect(mostAtOnce).toBe(1)
  stop()
  await ended
})
