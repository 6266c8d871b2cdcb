import { type Observation, parseObservation } from '@skillwatch/schema'
import { NOW_MS, steppableClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { MODEL } from '../../src/simulate/model.ts'
import { createRandom } from '../../src/simulate/random.ts'
import { runSimulation, type SimulationOptions } from '../../src/simulate/run-simulation.ts'
import { simulate } from '../../src/simulate/schedule.ts'

/** A simulation on a clock that only sleeping moves. */
function simulation(options: Partial<SimulationOptions> & { ratePerS?: number } = {}) {
  const { ratePerS = 100, durationMs = 5_000 } = options
  const sent: Observation[] = []
  const clock = steppableClock()
  const run = runSimulation({
    run: { id: 'run', startedAtMs: NOW_MS },
    events: simulate(MODEL, { ratePerS, durationMs, random: createRandom(3) }),
    durationMs,
    async send(observations) {
      sent.push(...observations)
      return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
    },
    nowMs: clock.now,
    async sleep(ms) {
      clock.step(ms)
      await new Promise((resolve) => setImmediate(resolve))
    },
    signal: new AbortController().signal,
    ...options,
  })
  return { run, sent }
}

test('each call is sent when it starts and when it ends, and none stays open', async () => {
  const { run, sent } = simulation()
  const status = await run
  expect(status).toMatchObject({ started: 500, running: 0, waiting: 0, behind_ms: 0 })
  const byId = Map.groupBy(sent, (each) => each.invocation_id!)
  expect(byId.size).toBe(500)
  for (const sent of byId.values()) expect(sent.at(-1)!.outcome).not.toBe('running')
  const ended = Object.values(status.outcomes).reduce((sum, count) => sum + count, 0)
  expect(ended).toBe(500)
  expect(status.outcomes.abandoned).toBe(
    [...byId.values()].filter((sent) => sent.at(-1)!.outcome === 'abandoned').length,
  )
})

test('everything sent is what ingest accepts', async () => {
  const { run, sent } = simulation()
  await run
  const refused = sent
    .map((each) => parseObservation(structuredClone(each), NOW_MS + 60_000, () => ''))
    .filter((each) => !('observation' in each))
  expect(refused).toEqual([])
})

test('the same seed sends the same, whatever the pace of the server', async () => {
  const first = simulation()
  await first.run
  const slow: Observation[] = []
  const slowRun = simulation({
    async send(observations) {
      await new Promise((resolve) => setTimeout(resolve, 3))
      slow.push(...observations)
      return { accepted: 0, duplicates: observations.length, rejectedCount: 0, rejected: [] }
    },
  })
  await slowRun.run
  const key = (each: Observation) => `${each.invocation_id} ${each.outcome}`
  expect(slow.map(key).sort()).toEqual(first.sent.map(key).sort())
})

test('an early stop abandons what runs', async () => {
  const stop = new AbortController()
  const { run, sent } = simulation({
    signal: stop.signal,
    onTick: ({ started }) => started >= 100 && stop.abort(),
  })
  const status = await run
  expect(status.started).toBeLessThan(500)
  expect(status.outcomes.abandoned).toBeGreaterThan(0)
  expect(new Set(sent.map((each) => each.invocation_id)).size).toBe(status.started)
})

test('a server that refuses ends it', async () => {
  const { run } = simulation({
    async send() {
      throw new Error('no')
    },
  })
  await expect(run).rejects.toThrow('no')
})

test('a server that stands still stops the simulation from piling up', async () => {
  const release = Promise.withResolvers<void>()
  let most = 0
  let ticks = 0
  const { run } = simulation({
    ratePerS: 50_000,
    durationMs: 2_000,
    async send(observations) {
      await release.promise
      return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
    },
    onTick({ waiting }) {
      most = Math.max(most, waiting)
      ticks += 1
      if (ticks === 60) release.resolve()
    },
  })
  const status = await run
  expect(most).toBeLessThanOrEqual(50_000)
  expect(status).toMatchObject({ started: 100_000, waiting: 0 })
}, 30_000)
