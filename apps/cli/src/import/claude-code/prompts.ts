import type { Observation, PromptInput } from '@skillwatch/schema'
import type { Fact, RecordFacts } from './record.ts'
import { promptOf } from './transcript-observations.ts'

/** What reading on needs to know of the prompts before. Plain JSON. */
export interface PromptState {
  /** The id of the newest prompt. */
  promptId?: string | undefined
  /** The id that the newest record with one carries. Prompts of older versions have none to carry. */
  statedPromptId?: string | undefined
  /** A command that begins a prompt once a model answers it. */
  command?: WaitingCommand | undefined
}

interface WaitingCommand {
  readonly prompt: PromptInput
  readonly call: Observation
}

/** What reading adds to. */
interface Draft {
  readonly observations: Observation[]
  readonly prompts: PromptInput[]
}

type SkipReason = 'no_session' | 'no_timestamp'

/**
 * The prompts of one transcript. Records of older versions carry no prompt id: their prompt has the id of
 * the record that began it.
 */
export class Prompts {
  #current: string | undefined
  #stated: string | undefined
  #command: WaitingCommand | undefined

  /** @param parentPromptId the prompt that started the sub-agent, for the file of a sub-agent */
  constructor({ promptId, statedPromptId, command }: PromptState, parentPromptId: string | undefined) {
    this.#current = promptId ?? parentPromptId
    this.#stated = statedPromptId
    this.#command = command
  }

  /** The id of the prompt that calls and responses belong to. */
  get current(): string | undefined {
    return this.#current
  }

  state(): PromptState {
    return { promptId: this.#current, statedPromptId: this.#stated, command: this.#command }
  }

  /** Takes over the prompt id of a record after everything in it was read. */
  endRecord({ promptId }: RecordFacts): void {
    this.#current = promptId ?? this.#current
    this.#stated = promptId ?? this.#stated
  }

  read(
    { uuid, isCommand }: Extract<Fact, { type: 'prompt' }>,
    facts: RecordFacts,
    { prompts }: Draft,
  ): SkipReason | undefined {
    const { sessionId, atMs, promptId } = facts
    if (sessionId === undefined) return 'no_session'
    if (atMs === undefined) return 'no_timestamp'
    const prompt = promptOf(promptId ?? uuid, { ...facts, sessionId, atMs }, 'began_at')
    if (promptId !== undefined) {
      if (promptId !== this.#stated) prompts.push(prompt)
      return undefined
    }
    // Of a typed command it is only known when a model answers whether it is a prompt.
    if (isCommand) return undefined
    this.#command = undefined
    this.#current = uuid
    prompts.push(prompt)
    return undefined
  }

  /**
   * The prompt that a record begins by itself. Built-in commands carry the id of the prompt before them, to
   * which they do not belong.
   */
  begunBy({ promptId }: RecordFacts): string | undefined {
    return promptId === this.#stated ? undefined : promptId
  }

  /** Remembers a typed command of an older version until a model answers it. */
  await(
    uuid: string,
    call: Observation,
    { promptId, thread, sessionId, atMs, ...facts }: RecordFacts,
  ): void {
    this.#command = undefined
    if (promptId !== undefined || thread !== 'main' || sessionId === undefined || atMs === undefined) return
    const seen = { ...facts, promptId, thread, sessionId, atMs }
    this.#command = { prompt: promptOf(uuid, seen, 'began_at'), call }
  }

  /** A model answers: the command before it has begun a prompt. */
  beginCommand({ thread }: RecordFacts, { observations, prompts }: Draft): void {
    if (this.#command === undefined || thread !== 'main') return
    const { prompt, call } = this.#command
    this.#command = undefined
    this.#current = prompt.prompt_id
    prompts.push(prompt)
    // Its outcome was reported before; `running` adds nothing to that.
    observations.push({ ...call, outcome: 'running', prompt_id: prompt.prompt_id })
  }

  readInterruption(facts: RecordFacts, { prompts }: Draft): SkipReason | undefined {
    const { sessionId, atMs } = facts
    const promptId = facts.promptId ?? this.#current
    if (sessionId === undefined || promptId === undefined) return undefined
    if (atMs === undefined) return 'no_timestamp'
    prompts.push(promptOf(promptId, { ...facts, sessionId, atMs }, 'interrupted_at'))
    return undefined
  }
}
