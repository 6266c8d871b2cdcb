import type { SendTotals } from '@skillwatch/client'
import type { Observation, Outcome } from '@skillwatch/schema'
import type { SimulatedCall, SimulatedEvent } from './schedule.ts'
import { abandonedObservation, endObservation, type Run, startObservation } from './to-observations.ts'

const TICK_MS = 20
/** Requests in progress at the same time. */
const IN_FLIGHT_MAX = 4
const BATCH_ITEMS_MAX = 1_000
/** Observations that may wait for a slow server. Above it the simulation pauses and catches up later. */
const WAITING_MAX = 50_000

export interface SimulationOptions {
  readonly run: Run
  readonly events: Iterator<SimulatedEvent, unknown>
  /** Length of the simulation. Calls that still run at its end are abandoned. */
  readonly durationMs: number
  readonly send: (observations: readonly Observation[]) => Promise<SendTotals>
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Ends the simulation early, with the same result for running calls. */
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
  /** Delay of the simulation against the clock, caused by a slow server. */
  behind_ms: number
}

/**
 * Plays events in real time and sends each one when it happens.
 * @returns the status after the server has answered everything   @throws the error of `send`
 */
export function runSimulation(options: SimulationOptions): Promise<SimulationStatus> {
  return new Simulation(options).run()
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #status: SimulationStatus = {
    elapsed_ms: 0,
    started: 0,
    running: 0,
    outcomes: {},
    sent: { accepted: 0, duplicates: 0, rejected: 0 },
    waiting: 0,
    behind_ms: 0,
  }
  readonly #running = new Map<number, SimulatedCall>()
  readonly #queue: SendQueue
  #next: IteratorResult<SimulatedEvent, unknown>

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#queue = new SendQueue(options.send, this.#status)
    this.#next = options.events.next()
  }

  async run(): Promise<SimulationStatus> {
    const { run, signal, sleep, onTick } = this.#options
    while (!signal.aborted) {
      const isDone = this.#playUntilNow()
      this.#queue.pump()
      onTick?.(this.#status)
      if (isDone) break
      await sleep(TICK_MS)
    }
    for (const call of this.#running.values()) this.#end(call, 'abandoned', abandonedObservation(run, call))
    this.#status.running = this.#running.size
    await this.#queue.drain()
    this.#status.elapsed_ms = this.#elapsedMs()
    onTick?.(this.#status)
    return this.#status
  }

  /** @returns whether the time is over and everything was played */
  #playUntilNow(): boolean {
    const { durationMs, events } = this.#options
    const status = this.#status
    status.elapsed_ms = this.#elapsedMs()
    const untilMs = Math.min(status.elapsed_ms, durationMs)
    while (!this.#next.done && this.#next.value.atMs <= untilMs && status.waiting < WAITING_MAX) {
      this.#play(this.#next.value)
      this.#next = events.next()
    }
    status.behind_ms = this.#next.done ? 0 : Math.max(0, untilMs - this.#next.value.atMs)
    return untilMs === durationMs && status.behind_ms === 0
  }

  #elapsedMs(): number {
    return this.#options.nowMs() - this.#options.run.startedAtMs
  }

  #play({ type, call }: SimulatedEvent): void {
    const { run } = this.#options
    if (type === 'end') this.#end(call, call.outcome, endObservation(run, call))
    else this.#start(call, startObservation(run, call))
    this.#status.running = this.#running.size
  }

  #start(call: SimulatedCall, observation: Observation): void {
    this.#status.started += 1
    this.#running.set(call.number, call)
    if (call.durationMs === undefined) this.#end(call, 'completed', observation)
    else this.#queue.add(observation)
  }

  #end(call: SimulatedCall, outcome: Outcome, observation: Observation): void {
    const { outcomes } = this.#status
    this.#running.delete(call.number)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    this.#queue.add(observation)
  }
}

/** Sends observations in order, a few requests at a time. After an error `pump` and `drain` throw it. */
class SendQueue {
  readonly #send: SimulationOptions['send']
  readonly #status: SimulationStatus
  readonly #items: Observation[] = []
  readonly #inProgress = new Set<Promise<void>>()
  #failure: { error: unknown } | undefined

  constructor(send: SimulationOptions['send'], status: SimulationStatus) {
    this.#send = send
    this.#status = status
  }

  add(observation: Observation): void {
    this.#items.push(observation)
    this.#status.waiting += 1
  }

  pump(): void {
    if (this.#failure) throw this.#failure.error
    while (this.#items.length > 0 && this.#inProgress.size < IN_FLIGHT_MAX) {
      const batch = this.#items.splice(0, BATCH_ITEMS_MAX)
      const sending = this.#sendBatch(batch).finally(() => this.#inProgress.delete(sending))
      this.#inProgress.add(sending)
    }
  }

  async drain(): Promise<void> {
    for (this.pump(); this.#inProgress.size > 0; this.pump()) await Promise.race(this.#inProgress)
  }

  async #sendBatch(batch: readonly Observation[]): Promise<void> {
    const { sent } = this.#status
    try {
      const totals = await this.#send(batch)
      sent.accepted += totals.accepted
      sent.duplicates += totals.duplicates
      sent.rejected += totals.rejectedCount
      this.#status.waiting -= batch.length
    } catch (error) {
      this.#failure ??= { error }
    }
  }
}
