import type { Kind, Outcome } from '@skillwatch/schema'
import { Heap } from './heap.ts'
import { drawQuantile, drawWeighted, type Model, type ModelSkill, type Weights } from './model.ts'
import type { Random } from './random.ts'

/**
 * Share of calls that do not depend on the call before, so that rare skills occur and no skill ends a chain.
 */
const FRESH_SHARE = 0.05
/** Most threads that wait at the same time. Above it the next one makes its call early. */
const WAITING_THREADS_MAX = 100_000

export interface SimulatedCall {
  readonly number: number
  readonly kind: Kind
  readonly skill_name: string
  readonly tool_name: string | null
  readonly session: number
  /** Number of the call that started the sub-agent which makes this call. */
  readonly parent: number | undefined
  readonly startMs: number
  /** Equal to the start for calls that have no end of their own. */
  readonly endMs: number
  readonly durationMs: number | undefined
  readonly outcome: Exclude<Outcome, 'running' | 'abandoned'>
  readonly error_type: string | undefined
}

export type SimulatedEvent = {
  readonly type: 'start' | 'end'
  readonly atMs: number
  readonly call: SimulatedCall
}

/** A sequence of calls: that of a session or of a sub-agent. */
interface Thread {
  readonly session: number
  readonly parent: number | undefined
  /** A sub-agent makes no call after its own end. */
  readonly endsAtMs: number
  callsLeft: number
  readyAtMs: number
  previous: ModelSkill | undefined
}

/**
 * Starts and ends of calls, ordered by time from 0. Calls start evenly, `ratePerS` a second: the rate is
 * exact. The thread that has been ready longest makes the next call; when no thread is ready, a new session
 * begins. Order and durations follow the model, and a pause may be longer than in the model by the wait for
 * the next start. The same seed gives the same events. Ends after the last start are included.
 */
export function* simulate(
  model: Model,
  { ratePerS, durationMs, random }: { ratePerS: number; durationMs: number; random: Random },
): Generator<SimulatedEvent> {
  const threads = new Threads(model, random)
  const running = new Heap<SimulatedCall>((call) => call.endMs)
  const total = Math.floor((ratePerS * durationMs) / 1_000)
  for (let number = 1; number <= total; number += 1) {
    const startMs = ((number - 1) * 1_000) / ratePerS
    yield* endsUntil(startMs, running)
    const call = threads.nextCall(number, startMs)
    yield { type: 'start', atMs: startMs, call }
    if (call.durationMs !== undefined) running.push(call)
  }
  yield* endsUntil(Number.POSITIVE_INFINITY, running)
}

function* endsUntil(atMs: number, running: Heap<SimulatedCall>): Generator<SimulatedEvent> {
  for (let call = running.peek(); call !== undefined && call.endMs <= atMs; call = running.peek()) {
    running.pop()
    yield { type: 'end', atMs: call.endMs, call }
  }
}

/** The threads that wait for their next call. */
class Threads {
  readonly #model: Model
  readonly #random: Random
  readonly #waiting = new Heap<Thread>((thread) => thread.readyAtMs)
  /** Weights for calls that do not depend on the call before. */
  readonly #fresh: Weights
  #sessions = 0

  constructor(model: Model, random: Random) {
    this.#model = model
    this.#random = random
    this.#fresh = Object.fromEntries(model.skills.map(({ weight }, index) => [String(index), weight]))
  }

  nextCall(number: number, startMs: number): SimulatedCall {
    const thread = this.#take(startMs)
    const skill = drawSkill(this.#model, thread.previous, this.#fresh, this.#random)
    const call = drawCall(skill, { number, startMs, thread }, this.#random)
    if (call.kind === 'agent') this.#waiting.push(this.#subAgent(thread, call))
    thread.previous = skill
    thread.callsLeft -= 1
    thread.readyAtMs = call.endMs + drawQuantile(skill.gap_ms, this.#random)
    if (thread.callsLeft > 0 && thread.readyAtMs < thread.endsAtMs) this.#waiting.push(thread)
    return call
  }

  #take(atMs: number): Thread {
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (next.readyAtMs > atMs && this.#waiting.size < WAITING_THREADS_MAX) break
      this.#waiting.pop()
      if (next.endsAtMs > atMs) return next
    }
    const callsLeft = this.#drawCallCount()
    const endsAtMs = Number.POSITIVE_INFINITY
    this.#sessions += 1
    return {
      session: this.#sessions,
      parent: undefined,
      endsAtMs,
      callsLeft,
      readyAtMs: atMs,
      previous: undefined,
    }
  }

  #subAgent({ session }: Thread, { number, startMs, endMs }: SimulatedCall): Thread {
    const callsLeft = this.#drawCallCount()
    return {
      session,
      parent: number,
      endsAtMs: endMs,
      callsLeft,
      readyAtMs: startMs,
      previous: undefined,
    }
  }

  #drawCallCount(): number {
    return Math.max(1, Math.round(drawQuantile(this.#model.thread_calls, this.#random)))
  }
}

function drawSkill(
  model: Model,
  previous: ModelSkill | undefined,
  fresh: Weights,
  random: Random,
): ModelSkill {
  const isFresh = random() < FRESH_SHARE || previous === undefined || Object.keys(previous.next).length === 0
  return model.skills[Number(drawWeighted(isFresh ? fresh : previous.next, random))]!
}

function drawCall(
  skill: ModelSkill,
  { number, startMs, thread }: { number: number; startMs: number; thread: Thread },
  random: Random,
): SimulatedCall {
  const durationMs =
    skill.duration_ms === null ? undefined : Math.round(drawQuantile(skill.duration_ms, random))
  const outcome = drawOutcome(skill, random)
  return {
    number,
    kind: skill.kind,
    skill_name: skill.skill_name,
    tool_name: skill.tool_name,
    session: thread.session,
    parent: thread.parent,
    startMs,
    endMs: startMs + (durationMs ?? 0),
    durationMs,
    outcome,
    error_type: drawErrorType(skill, outcome, random),
  }
}

function drawOutcome(skill: ModelSkill, random: Random): SimulatedCall['outcome'] {
  const value = random()
  if (value < skill.failed_rate) return 'failed'
  return value < skill.failed_rate + skill.rejected_rate ? 'rejected' : 'completed'
}

function drawErrorType(
  { error_types }: ModelSkill,
  outcome: SimulatedCall['outcome'],
  random: Random,
): string | undefined {
  if (outcome === 'rejected') return 'user_rejected'
  if (outcome !== 'failed') return undefined
  return Object.keys(error_types).length === 0 ? 'tool_error' : drawWeighted(error_types, random)
}
