import type { Kind, Outcome } from '@skillwatch/schema'
import { createHeap } from './heap.ts'
import { drawQuantile, drawWeighted, type Model, type ModelSkill, type Weights } from './model.ts'
import type { Random } from './random.ts'

/** Share of calls that do not follow from the call before: rare skills stay possible, and no skill is a dead end. */
const FRESH_SHARE = 0.05
/** Threads that may wait at the same time; above it the next to come comes early. */
const WAITING_THREADS_MAX = 100_000

export interface SimulatedCall {
  readonly number: number
  readonly kind: Kind
  readonly skill_name: string
  readonly tool_name: string | null
  readonly session: number
  /** Number of the sub-agent's call inside which it happens. */
  readonly parent: number | undefined
  readonly startMs: number
  /** Equal to the start for what has no end of its own. */
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

/** One line of calls: a session's own, or that of a sub-agent. */
interface Thread {
  readonly session: number
  readonly parent: number | undefined
  /** A sub-agent calls nothing after its own end. */
  readonly endsAtMs: number
  callsLeft: number
  readyAtMs: number
  previous: ModelSkill | undefined
}

/**
 * Starts and ends of calls in order of time, counted from 0. Calls start evenly, `ratePerS` a second, whatever the
 * distributions say; the thread that has been ready longest makes the call, and a new session begins when none is. So
 * the rate holds exactly, what follows what and how long it takes is as fitted, and a pause is as fitted or longer by the
 * wait for the next start. The same seed gives the same events. Ends after the last start are part of it.
 */
export function* simulate(
  model: Model,
  options: { ratePerS: number; durationMs: number; random: Random },
): Generator<SimulatedEvent> {
  const { ratePerS, durationMs, random } = options
  const fresh = Object.fromEntries(model.skills.map(({ weight }, index) => [String(index), weight]))
  const threads = createHeap<Thread>((thread) => thread.readyAtMs)
  const running = createHeap<SimulatedCall>((call) => call.endMs)
  let sessions = 0

  function* endsUntil(atMs: number): Generator<SimulatedEvent> {
    for (let call = running.peek(); call !== undefined && call.endMs <= atMs; call = running.peek()) {
      running.pop()
      yield { type: 'end', atMs: call.endMs, call }
    }
  }
  function nextThread(atMs: number): Thread {
    for (let next = threads.peek(); next !== undefined; next = threads.peek()) {
      if (next.readyAtMs > atMs && threads.size < WAITING_THREADS_MAX) break
      threads.pop()
      if (next.endsAtMs > atMs) return next
    }
    const callsLeft = Math.max(1, Math.round(drawQuantile(model.thread_calls, random)))
    return {
      session: ++sessions,
      parent: undefined,
      endsAtMs: Number.POSITIVE_INFINITY,
      callsLeft,
      readyAtMs: atMs,
      previous: undefined,
    }
  }

  const total = Math.floor((ratePerS * durationMs) / 1_000)
  for (let number = 1; number <= total; number += 1) {
    const startMs = ((number - 1) * 1_000) / ratePerS
    yield* endsUntil(startMs)
    const thread = nextThread(startMs)
    const skill = drawSkill(model, thread.previous, fresh, random)
    const call = drawCall(skill, { number, startMs, thread }, random)
    yield { type: 'start', atMs: startMs, call }
    if (call.durationMs !== undefined) running.push(call)
    if (call.kind === 'agent') threads.push(subAgent(model, thread, call, random))
    thread.previous = skill
    thread.callsLeft -= 1
    thread.readyAtMs = call.endMs + drawQuantile(skill.gap_ms, random)
    if (thread.callsLeft > 0 && thread.readyAtMs < thread.endsAtMs) threads.push(thread)
  }
  yield* endsUntil(Number.POSITIVE_INFINITY)
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
  const luck = random()
  const outcome =
    luck < skill.failed_rate
      ? 'failed'
      : luck < skill.failed_rate + skill.rejected_rate
        ? 'rejected'
        : 'completed'
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
    error_type:
      outcome === 'failed'
        ? drawErrorType(skill, random)
        : outcome === 'rejected'
          ? 'user_rejected'
          : undefined,
  }
}

function drawErrorType(skill: ModelSkill, random: Random): string {
  return Object.keys(skill.error_types).length === 0 ? 'tool_error' : drawWeighted(skill.error_types, random)
}

function subAgent(model: Model, { session }: Thread, call: SimulatedCall, random: Random): Thread {
  const callsLeft = Math.max(1, Math.round(drawQuantile(model.thread_calls, random)))
  return {
    session,
    parent: call.number,
    endsAtMs: call.endMs,
    callsLeft,
    readyAtMs: call.startMs,
    previous: undefined,
  }
}
