import type { ApiRequestInput, Observation, PromptInput } from '@skillwatch/schema'
import { classifyCall, commandId, type JsonObject } from '@skillwatch/schema/claude-code'
import { type PromptState, Prompts } from './prompts.ts'
import { type Fact, type Flaw, type RecordFacts, readRecord } from './record.ts'
import {
  apiRequestOf,
  endObservation,
  type StartedCall,
  startObservation,
} from './transcript-observations.ts'

/** Most calls of one file that wait for their result. Above it the oldest ones are dropped. */
const OPEN_CALLS_MAX = 10_000

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>

/** A call whose result was not read yet. */
interface OpenCall {
  start: StartedCall
  messageId: string | undefined
  thread: string | undefined
  /** The newest outcome that was sent, `nothing` before the first. */
  reported: 'nothing' | 'running' | 'abandoned'
}

/** What reading on from an offset needs to know of the lines before it. Plain JSON. */
export interface TranscriptState extends PromptState {
  openCalls: OpenCall[]
  newestAtMs: number | undefined
}

export interface TranscriptOptions {
  state?: TranscriptState | undefined
  /** The call that started the sub-agent, for the file of a sub-agent. */
  parentInvocationId?: string | undefined
  /** The prompt of that call. */
  parentPromptId?: string | undefined
  /** Called for each sub-agent with the call that started it. */
  onAgent?: (agentId: string, call: AgentCall) => void
}

/** A call that started a sub-agent, with its prompt. */
export interface AgentCall {
  readonly callId: string
  readonly promptId?: string | undefined
}

type SkipReason = Flaw | 'no_session' | 'no_timestamp' | 'result_without_call' | 'too_many_open_calls'

export interface ReadResult {
  readonly recordType: string
  readonly observations: readonly Observation[]
  readonly skipped: readonly SkipReason[]
  /** Calls and commands that start in this record. */
  readonly calls: readonly Observation[]
  readonly apiRequests: readonly ApiRequestInput[]
  readonly prompts: readonly PromptInput[]
}

interface Draft {
  readonly observations: Observation[]
  readonly calls: Observation[]
  readonly apiRequests: ApiRequestInput[]
  readonly prompts: PromptInput[]
}

/** Turns the records of one transcript file into observations. A state machine without I/O and clock. */
export class Transcript {
  readonly #options: TranscriptOptions
  readonly #open: Map<string, OpenCall>
  #newestAtMs: number | undefined
  readonly #prompts: Prompts

  constructor(options: TranscriptOptions) {
    const { openCalls = [], newestAtMs } = options.state ?? {}
    this.#options = options
    this.#open = new Map(openCalls.map((call) => [call.start.invocation_id, { ...call }]))
    this.#newestAtMs = newestAtMs
    this.#prompts = new Prompts(options.state ?? {}, options.parentPromptId)
  }

  read(record: JsonObject): ReadResult {
    const facts = readRecord(record)
    const draft: Draft = { observations: [], calls: [], apiRequests: [], prompts: [] }
    if (facts.atMs !== undefined) this.#newestAtMs = Math.max(this.#newestAtMs ?? 0, facts.atMs)
    const reasons = facts.facts.map((fact) => this.#apply(fact, facts, draft))
    this.#prompts.endRecord(facts)
    const skipped = [...facts.flaws, ...reasons.filter((reason) => reason !== undefined)]
    return { recordType: facts.recordType, skipped, ...draft }
  }

  /** The running calls of which nothing was sent yet. */
  reportRunning(): Observation[] {
    const calls = [...this.#open.values()].filter((call) => call.reported === 'nothing')
    for (const call of calls) call.reported = 'running'
    return calls.map((call) => call.start)
  }

  /** Abandons all open calls when the newest record is older than `idleMs`. */
  endIfIdle(nowMs: number, idleMs: number): Observation[] {
    const isIdle = this.#newestAtMs !== undefined && nowMs - this.#newestAtMs > idleMs
    return isIdle ? this.#abandon(() => true) : []
  }

  state(): TranscriptState {
    const openCalls = [...this.#open.values()].map((call) => ({ ...call }))
    return { openCalls, newestAtMs: this.#newestAtMs, ...this.#prompts.state() }
  }

  #apply(fact: Fact, facts: RecordFacts, draft: Draft): SkipReason | undefined {
    switch (fact.type) {
      case 'agent':
        this.#options.onAgent?.(fact.agentId, {
          callId: fact.callId,
          promptId: facts.promptId ?? this.#prompts.current,
        })
        return undefined
      case 'prompt':
        return this.#prompts.read(fact, facts, draft)
      case 'interruption':
        return this.#prompts.readInterruption(facts, draft)
      case 'message':
        this.#prompts.beginCommand(facts, draft)
        draft.observations.push(...this.#abandonBefore(fact, facts))
        return undefined
      case 'response':
        return this.#readResponse(fact, facts, draft)
      case 'command':
        return this.#readCommand(fact, facts, draft)
      case 'call':
        return this.#openCall(fact, facts, draft)
      case 'result':
        return this.#closeCall(fact, facts, draft)
      default:
        throw new TypeError(`unhandled fact ${JSON.stringify(fact satisfies never)}`)
    }
  }

  /** A new message of the model means that its thread waits for no earlier call any more. */
  #abandonBefore({ messageId }: FactOf<'message'>, { thread }: RecordFacts): Observation[] {
    if (thread === undefined) return []
    return this.#abandon((call) => call.thread === thread && call.messageId !== messageId)
  }

  #readResponse(fact: FactOf<'response'>, facts: RecordFacts, draft: Draft): SkipReason | undefined {
    const { sessionId, atMs } = facts
    if (sessionId === undefined) return 'no_session'
    if (atMs === undefined) return 'no_timestamp'
    const inPrompt = { ...facts, sessionId, atMs, promptId: this.#prompts.current }
    draft.apiRequests.push(apiRequestOf(fact, inPrompt, this.#options.parentInvocationId))
    return undefined
  }

  #readCommand(fact: FactOf<'command'>, facts: RecordFacts, draft: Draft): SkipReason | undefined {
    const promptId = this.#prompts.begunBy(facts)
    const named = { kind: 'command', skill_name: fact.name } as const
    const start = this.#start(commandId(promptId ?? fact.uuid), named, facts, promptId)
    if (typeof start === 'string') return start
    draft.calls.push(start)
    // A command is complete once it is expanded. The calls that follow are calls of their own.
    const call: Observation = { ...start, trigger: 'user', outcome: 'completed' }
    draft.observations.push(call)
    this.#prompts.await(fact.uuid, call, facts)
    return undefined
  }

  #openCall(fact: FactOf<'call'>, facts: RecordFacts, draft: Draft): SkipReason | undefined {
    const start = this.#start(fact.id, classifyCall(fact.toolName, fact.input), facts, this.#prompts.current)
    if (typeof start === 'string') return start
    if (fact.model !== undefined) start.model = fact.model
    start.attributes = {
      'gen_ai.tool.name': fact.toolName,
      ...start.attributes,
      'claude_code.tool_input_size_bytes': Buffer.byteLength(JSON.stringify(fact.input)),
    }
    // A call may be recorded twice: in copied history, or in a message that was written again.
    if (this.#open.has(fact.id)) return undefined
    const { messageId } = fact
    this.#open.set(fact.id, { start, messageId, thread: facts.thread, reported: 'nothing' })
    draft.calls.push(start)
    if (this.#open.size <= OPEN_CALLS_MAX) return undefined
    this.#open.delete(this.#open.keys().next().value!)
    return 'too_many_open_calls'
  }

  #closeCall(fact: FactOf<'result'>, facts: RecordFacts, draft: Draft): SkipReason | undefined {
    const call = this.#open.get(fact.id)
    if (call === undefined) return 'result_without_call'
    if (facts.atMs === undefined) return 'no_timestamp'
    this.#open.delete(fact.id)
    const promptId = call.start.prompt_id ?? facts.promptId
    const start = { ...call.start, ...(promptId !== undefined && { prompt_id: promptId }) }
    draft.observations.push(endObservation(start, fact, facts.atMs))
    return undefined
  }

  #start(
    id: string,
    named: Pick<Observation, 'kind' | 'skill_name'>,
    facts: RecordFacts,
    promptId: string | undefined,
  ): StartedCall | SkipReason {
    const { sessionId, atMs } = facts
    if (sessionId === undefined) return 'no_session'
    if (atMs === undefined) return 'no_timestamp'
    const { parentInvocationId } = this.#options
    return startObservation(id, named, { ...facts, sessionId, atMs, promptId }, parentInvocationId)
  }

  /** The calls stay open: a result that is read later replaces the outcome. */
  #abandon(isOver: (call: OpenCall) => boolean): Observation[] {
    const over = [...this.#open.values()].filter((call) => call.reported !== 'abandoned' && isOver(call))
    for (const call of over) call.reported = 'abandoned'
    return over.map((call) => ({ ...call.start, outcome: 'abandoned' }))
  }
}
