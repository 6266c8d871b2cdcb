import { DURATION_MS_MAX, formatInstant, type Observation } from '@skillwatch/schema'
import { classifyCall, classifyResult, commandId, type JsonObject } from '@skillwatch/schema/claude-code'
import { type Fact, type Flaw, type RecordFacts, readRecord } from './record.ts'

/** Calls of one file that may wait for their result at the same time; the oldest give way. */
const OPEN_CALLS_MAX = 10_000

/** A call whose result has not come. */
interface OpenCall {
  /** The call as it was told when it began. */
  start: Observation & { invocation_id: string }
  messageId: string | undefined
  thread: string | undefined
  /** What the server was told so far. */
  told: 'nothing' | 'running' | 'abandoned'
}

/** What must be known of the lines before an offset to read on from there; plain JSON. */
export interface TranscriptState {
  openCalls: OpenCall[]
  newestAtMs: number | undefined
  /** The prompt that the newest record of the user names. */
  promptId?: string | undefined
}

export interface TranscriptOptions {
  state?: TranscriptState | undefined
  /** The call inside which the whole file happens, for files of sub-agents. */
  parentInvocationId?: string | undefined
  /** Told of each sub-agent and the call that started it. */
  onAgent?: (agentId: string, callId: string) => void
}

type SkipReason = Flaw | 'no_session' | 'no_timestamp' | 'result_without_call' | 'too_many_open_calls'

export interface ReadResult {
  readonly recordType: string
  readonly observations: readonly Observation[]
  readonly skipped: readonly SkipReason[]
  /** Calls and commands that begin in this record. */
  readonly calls: readonly Observation[]
}

/** One transcript file being read: a state machine of facts, without I/O and clock. */
export interface Transcript {
  read(record: JsonObject): ReadResult
  /** Calls that run and of which nothing was told yet, so that they can be seen while they run. */
  tellRunning(): Observation[]
  /** When the newest record is older than `idleMs`, all open calls are over without a result. */
  endIfIdle(nowMs: number, idleMs: number): Observation[]
  state(): TranscriptState
}

export function createTranscript({ state, parentInvocationId, onAgent }: TranscriptOptions): Transcript {
  const open = new Map((state?.openCalls ?? []).map((call) => [call.start.invocation_id, { ...call }]))
  let newestAtMs = state?.newestAtMs
  let promptId = state?.promptId

  function read(record: JsonObject): ReadResult {
    const facts = readRecord(record)
    const observations: Observation[] = []
    const calls: Observation[] = []
    const skipped: SkipReason[] = [...facts.flaws]
    if (facts.atMs !== undefined) newestAtMs = Math.max(newestAtMs ?? 0, facts.atMs)
    for (const fact of facts.facts) {
      const reason = apply(fact, facts, observations, calls)
      if (reason !== undefined) skipped.push(reason)
    }
    promptId = facts.promptId ?? promptId
    return { recordType: facts.recordType, observations, skipped, calls }
  }

  function apply(
    fact: Fact,
    facts: RecordFacts,
    out: Observation[],
    calls: Observation[],
  ): SkipReason | undefined {
    switch (fact.type) {
      case 'agent':
        onAgent?.(fact.agentId, fact.callId)
        return undefined
      case 'message':
        out.push(
          ...abandon(
            (call) =>
              call.thread !== undefined && call.thread === facts.thread && call.messageId !== fact.messageId,
          ),
        )
        return undefined
      case 'command': {
        // One that begins a prompt is known to hooks by that prompt. Built-in ones name the prompt before them, which they are no
        // part of, and older versions named none.
        const begun = facts.promptId !== promptId ? facts.promptId : undefined
        const called = { kind: 'command', skill_name: fact.name } as const
        const command = startOf(commandId(begun ?? fact.uuid), called, facts, begun)
        if (typeof command === 'string') return command
        calls.push(command)
        // Typed and expanded at once; what it sets off are calls of their own, so it has no end and no duration.
        out.push({ ...command, trigger: 'user', outcome: 'completed' })
        return undefined
      }
      case 'call':
        return begin(fact, facts, calls)
      case 'result': {
        const call = open.get(fact.id)
        if (call === undefined) return 'result_without_call'
        if (facts.atMs === undefined) return 'no_timestamp'
        open.delete(fact.id)
        const { start } = call
        const prompt = start.prompt_id ?? facts.promptId
        out.push(ended({ ...start, ...(prompt !== undefined && { prompt_id: prompt }) }, fact, facts.atMs))
        return undefined
      }
      default:
        throw new TypeError(`unhandled fact ${JSON.stringify(fact satisfies never)}`)
    }
  }

  function begin(
    fact: Extract<Fact, { type: 'call' }>,
    facts: RecordFacts,
    calls: Observation[],
  ): SkipReason | undefined {
    const start = startOf(fact.id, classifyCall(fact.toolName, fact.input), facts, promptId)
    if (typeof start === 'string') return start
    start.attributes = {
      'gen_ai.tool.name': fact.toolName,
      ...start.attributes,
      'claude_code.tool_input_size_bytes': Buffer.byteLength(JSON.stringify(fact.input)),
    }
    // A call told twice is the same call: copied history, or a message written again.
    if (open.has(fact.id)) return undefined
    open.set(fact.id, { start, messageId: fact.messageId, thread: facts.thread, told: 'nothing' })
    calls.push(start)
    if (open.size <= OPEN_CALLS_MAX) return undefined
    open.delete(open.keys().next().value!)
    return 'too_many_open_calls'
  }

  function startOf(
    id: string,
    called: Pick<Observation, 'kind' | 'skill_name'>,
    facts: RecordFacts,
    prompt: string | undefined,
  ): OpenCall['start'] | SkipReason {
    if (facts.sessionId === undefined) return 'no_session'
    if (facts.atMs === undefined) return 'no_timestamp'
    return {
      invocation_id: id,
      ...called,
      session_id: facts.sessionId,
      witness: 'transcript',
      agent_name: 'claude-code',
      ...(prompt !== undefined && { prompt_id: prompt }),
      trigger: facts.attributionSkill === undefined ? 'agent' : 'nested',
      invoked_at: formatInstant(facts.atMs),
      outcome: 'running',
      ...(parentInvocationId !== undefined && { parent_invocation_id: parentInvocationId }),
      attributes: attributesOf(facts),
    }
  }

  function abandon(isOver: (call: OpenCall) => boolean): Observation[] {
    const over = [...open.values()].filter((call) => call.told !== 'abandoned' && isOver(call))
    // Kept open: should the result come after all, it wins.
    for (const call of over) call.told = 'abandoned'
    return over.map((call) => ({ ...call.start, outcome: 'abandoned' }))
  }

  return {
    read,
    tellRunning() {
      const untold = [...open.values()].filter((call) => call.told === 'nothing')
      for (const call of untold) call.told = 'running'
      return untold.map((call) => call.start)
    },
    endIfIdle: (nowMs, idleMs) =>
      newestAtMs !== undefined && nowMs - newestAtMs > idleMs ? abandon(() => true) : [],
    state: () => ({ openCalls: [...open.values()].map((call) => ({ ...call })), newestAtMs, promptId }),
  }
}

function ended(start: Observation, result: Extract<Fact, { type: 'result' }>, atMs: number): Observation {
  const elapsedMs = atMs - Date.parse(start.invoked_at as string)
  const { durationMs } = result
  return {
    ...start,
    // A result before its call: clocks that contradict each other give neither an end nor a duration.
    ...(elapsedMs >= 0 && { ended_at: formatInstant(atMs) }),
    ...(elapsedMs >= 0 && elapsedMs <= DURATION_MS_MAX && { elapsed_ms: elapsedMs }),
    ...(durationMs !== undefined && durationMs <= DURATION_MS_MAX && { execution_ms: durationMs }),
    ...classifyResult(result.isError, result.text),
    attributes: { ...start.attributes, 'claude_code.tool_result_size_bytes': result.resultBytes },
  }
}

function attributesOf(facts: RecordFacts): Record<string, string> {
  return {
    ...(facts.version !== undefined && { 'claude_code.version': facts.version }),
    ...(facts.agentId !== undefined && { 'gen_ai.agent.id': facts.agentId }),
    ...(facts.attributionSkill !== undefined && { 'claude_code.attribution_skill': facts.attributionSkill }),
  }
}
