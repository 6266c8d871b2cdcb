import { setImmediate } from 'node:timers/promises'
import { createClient } from '@skillwatch/client/node'
import { freePort, temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { quantile } from './harness/statistics.ts'

const CALLS_PER_RUN = 50_000
const CALLS_PER_QUICK_RUN = 10_000
/** Between two ticks the client's timers and sockets run, as they do between the calls of an agent. */
const CALLS_PER_TICK = 20
const GOAL_US = 20

/**
 * How long does an agent's program wait for `track()` and `complete()` while Skillwatch is down?
 *
 * Ours: both calls on a client whose server is down; each pair of calls is timed, 20 pairs in a tick, and
 * between the ticks the client tries to deliver. Its queue holds 10,000 items and is full afterwards, so a
 * run contains calls that are queued and calls that are dropped. The same is measured with a spool: its one
 * append for a tick runs at the end of the tick, so its time is divided by the pairs of the tick.
 *
 * Baseline: the least that a program could do instead: make one JSON text of the same fields and push it to
 * an array.
 */
export const track: Question = {
  name: 'track',
  asks: 'track() and complete() while the server is down, for one pair of calls',
  baseline: 'the same fields as JSON, pushed to an array',
  measures: [
    { name: 'track_p99', unit: 'µs', goal: GOAL_US },
    { name: 'track_p50', unit: 'µs', goal: null },
    { name: 'track_spooled_p99', unit: 'µs', goal: null },
  ],
  open,
}

const FIELDS = {
  workflow_phase: 'execution',
  user_id: 'u-17',
  attributes: { 'ci.branch': 'main', attempt: 1 },
}

async function open({ quick }: QuestionOptions): Promise<OpenQuestion> {
  const calls = quick ? CALLS_PER_QUICK_RUN : CALLS_PER_RUN
  const url = `http://127.0.0.1:${await freePort()}`
  const logger = { warn: () => undefined }
  return {
    async ours() {
      const client = createClient({ url, sessionId: 'bench', logger })
      const plain = await timeTicks(calls, () => client.track('pdf-fill', FIELDS).complete())
      const { recorded, retried } = client.stats()
      await client.close({ timeoutMs: 1 })
      if (recorded < calls || retried === 0)
        throw new Error(`recorded ${recorded} of ${calls}, tried again ${retried} times`)
      using folder = temporaryFolder()
      const spooling = createClient({ url, sessionId: 'bench', logger, spool: { folder: folder.path } })
      const spooled = await timeTicks(calls / 5, () => spooling.track('pdf-fill', FIELDS).complete())
      await spooling.close({ timeoutMs: 1 })
      return toValues(plain, spooled)
    },
    async baseline() {
      const lines: string[] = []
      const times = await timeTicks(calls, () => {
        const nowMs = Date.now()
        lines.push(
          JSON.stringify({ skill_name: 'pdf-fill', session_id: 'bench', invoked_at: nowMs, ...FIELDS }),
        )
      })
      return toValues(times, times)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

interface Times {
  /** Microseconds of each call. */
  readonly calls: Float64Array
  /** Microseconds per call, with its share of what the tick did after the last call. */
  readonly shared: Float64Array
}

async function timeTicks(count: number, call: () => void): Promise<Times> {
  const calls = new Float64Array(count)
  const shared = new Float64Array(count)
  for (let first = 0; first < count; first += CALLS_PER_TICK) {
    const last = Math.min(count, first + CALLS_PER_TICK)
    for (let index = first; index < last; index += 1) {
      const startedAt = performance.now()
      call()
      calls[index] = (performance.now() - startedAt) * 1_000
    }
    // The microtasks that the calls queued run before `await undefined` continues.
    const endedAt = performance.now()
    await undefined
    const rest = ((performance.now() - endedAt) * 1_000) / (last - first)
    for (let index = first; index < last; index += 1) shared[index] = calls[index]! + rest
    await setImmediate()
  }
  return { calls, shared }
}

function toValues(plain: Times, spooled: Times): Values {
  return {
    track_p99: quantile(plain.calls, 0.99),
    track_p50: quantile(plain.calls, 0.5),
    track_spooled_p99: quantile(spooled.shared, 0.99),
  }
}
