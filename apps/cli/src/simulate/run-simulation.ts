import type { SendTotals } from '@skillwatch/client'
import type { Observation, Outcome } from '@skillwatch/schema'
import type { SimulatedCall, SimulatedEvent } from './schedule.ts'
import { abandonedObservation, endObservation, type Run, startObservation } from './to-observations.ts'

const TICK_MS = 20
/** Requests under way at the same time. */
const IN_FLIGHT_MAX = 4
const BATCH_ITEMS_MAX = 1_000
/** Observations that may wait for a slow server; above it time stands still for the simulation, and it catches up later. */
const WAITING_MAX = 50_000

export interface SimulationOptions {
  readonly run: Run
  readonly events: Iterator<SimulatedEvent, unknown>
  /** Calls that are still running then are abandoned: their sessions end with the simulation. */
  readonly durationMs: number
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Ends the simulation early, in the same way. */
  readonly signal: AbortSignal
  readonly onTick?: (status: SimulationStatus) => void
}

export interface SimulationStatus {
  elapsed_ms: number
  started: number
  running: number
  outcomes: Partial<Record<Outcome, number>>
  sent: { accepted: number; duplicates: number; rejected: number }
  /** Observations that wait for an answer. */
  waiting: number
  /** How far the simulation is behind the clock, because the server is slow. */
  behind_ms: number
}

/**
 * Plays events in real time and sends each as it happens.
 * @returns the status at the end, when the server has answered for everything   @throws what sending threw
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationStatus> {
  const { run, events, durationMs, nowMs, signal } = options
  const status: SimulationStatus = {
    elapsed_ms: 0,
    started: 0,
    running: 0,
    outcomes: {},
    sent: { accepted: 0, duplicates: 0, rejected: 0 },
    waiting: 0,
    behind_ms: 0,
  }
  const open = new Map<number, SimulatedCall>()
  const queue = createQueue(options.send, status)
  let next = events.next()

  function play({ type, call }: SimulatedEvent): void {
    if (type === 'end') end(call, call.outcome, endObservation(run, call))
    else {
      status.started += 1
      open.set(call.number, call)
      if (call.durationMs === undefined) end(call, 'completed', startObservation(run, call))
      else queue.add(startObservation(run, call))
    }
    status.running = open.size
  }
  function end(call: SimulatedCall, outcome: Outcome, observation: Observation): void {
    open.delete(call.number)
    status.outcomes[outcome] = (status.outcomes[outcome] ?? 0) + 1
    queue.add(observation)
  }

  while (!signal.aborted) {
    status.elapsed_ms = nowMs() - run.startedAtMs
    const untilMs = Math.min(status.elapsed_ms, durationMs)
    while (!next.done && next.value.atMs <= untilMs && status.waiting < WAITING_MAX) {
      play(next.value)
      next = events.next()
    }
    status.behind_ms = next.done ? 0 : Math.max(0, untilMs - next.value.atMs)
    queue.pump()
    options.onTick?.(status)
    if (untilMs === durationMs && status.behind_ms === 0) break
    await options.sleep(TICK_MS)
  }
  for (const call of open.values()) end(call, 'abandoned', abandonedObservation(run, call))
  status.running = open.size
  await queue.drain()
  status.elapsed_ms = nowMs() - run.startedAtMs
  options.onTick?.(status)
  return status
}

/** Sends in order of arrival, a few requests at a time; the first error ends it and is thrown by the next `pump` or `drain`. */
function createQueue(send: SimulationOptions['send'], status: SimulationStatus) {
  const items: Observation[] = []
  const underWay = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined

  async function deliver(batch: readonly Observation[]): Promise<void> {
    try {
      const totals = await send(batch)
      status.sent.accepted += totals.accepted
      status.sent.duplicates += totals.duplicates
      status.sent.rejected += totals.rejectedCount
      status.waiting -= batch.length
    } catch (error) {
      failure ??= { error }
    }
  }
  function pump(): void {
    if (failure) throw failure.error
    while (items.length > 0 && underWay.size < IN_FLIGHT_MAX) {
      const sending = deliver(items.splice(0, BATCH_ITEMS_MAX)).finally(() => underWay.delete(sending))
      underWay.add(sending)
    }
  }
  return {
    add(observation: Observation) {
      items.push(observation)
      status.waiting += 1
    },
    pump,
    async drain() {
      for (pump(); underWay.size > 0; pump()) await Promise.race(underWay)
    },
  }
}
