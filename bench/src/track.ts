import { setImmediate } from 'node:timers/promises'
import { createClient } from '@skillwatch/client/node'
import { freePort, temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'

const CALLS_PER_RUN = 50_000
const CALLS_PER_QUICK_RUN = 10_000
/** A tool does not call another one without ever letting go of the thread. */
const CALLS_PER_TICK = 20
const GOAL_US = 20

/**
 * How long does an agent's program wait for `track()` and `complete()` while Skillwatch is down?
 *
 * Ours: both calls on a client whose server is dead, each pair timed for itself, 20 pairs to a tick; between ticks the
 * client tries to deliver. Its queue holds 10,000 and is then full, so a run sees both what fits and what is dropped.
 * Beside it the same with a spool, whose one append per tick is made at the end of the tick and so belongs to no pair
 * alone: its time is divided over the pairs of its tick.
 *
 * Baseline: the least that could be done instead: the same fields made into one JSON text and pushed to an array.
 */
export const track: Question = {
  name: 'track',
  asks: 'track() and complete() while the server is dead, p99 of the single pairs',
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
  /** Microseconds per call with what its tick did after the last one. */
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
    // Runs after the microtasks that the calls have left, before anything else.
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

function quantile(values: Float64Array, q: number): number {
  const sorted = values.toSorted()
  return sorted[Math.ceil(q * sorted.length) - 1]!
}
