import type { ObservedFields, Witness } from '@skillwatch/schema'
import type { TurnAt, TurnKey } from '../turns/marks.ts'
import { SpanSet } from './correlate/span-set.ts'
import { contributionOf } from './merge/contribution.ts'
import { withObservation } from './merge/merge.ts'
import { reportedEndMs, resolve } from './merge/resolve.ts'
import type { StoredPrompt } from './prompt.ts'
import type {
  Correlation,
  CorrelationView,
  ProjectFacts,
  RecordingTransaction,
  StoredInvocation,
  UncorrelatedObservation,
} from './storage.ts'
import type { WitnessRecord } from './witness-record.ts'

/** An invocation while its transaction is prepared: as it is stored, and what is known of it by now. */
export class InvocationDraft {
  readonly invocationId: string
  readonly stored: StoredInvocation | undefined
  readonly changedWitnesses = new Set<Witness>()
  /** The call that this one turned out to be a part of. */
  successor: InvocationDraft | undefined
  #records: readonly WitnessRecord[]
  #view: CorrelationView | undefined
  #storedView: CorrelationView | undefined

  constructor(invocationId: string, stored: StoredInvocation | undefined) {
    this.invocationId = invocationId
    this.stored = stored
    this.#records = stored?.records ?? []
  }

  get records(): readonly WitnessRecord[] {
    return this.#records
  }

  /** Replaces the records; `witness` is the one whose record changed. */
  setRecords(records: readonly WitnessRecord[], witness: Witness): void {
    this.#records = records
    this.#view = undefined
    this.changedWitnesses.add(witness)
  }

  /**
   * Whether its witnesses report enough for a row. Spans alone may not carry the name or the session yet.
   */
  get isCall(): boolean {
    return this.#records.some(
      ({ witness, fields }) =>
        witness !== 'otel_span' || (fields.skill_name !== undefined && fields.session_id !== undefined),
    )
  }

  /** As its own witnesses report it: what an observation adds must not decide where observations belong. */
  get view(): CorrelationView | undefined {
    if (!this.isCall) return undefined
    this.#view ??= viewOf(this.#records)
    return this.#view
  }

  /** The same as it is stored; undefined for a row that an uncorrelated observation has of its own. */
  get storedView(): CorrelationView | undefined {
    const records = this.stored?.records ?? []
    if (records.length === 0) return undefined
    this.#storedView ??= viewOf(records)
    return this.#storedView
  }
}

/** An uncorrelated observation while its transaction is prepared. */
export interface ObservationDraft {
  readonly observationId: string
  readonly stored: UncorrelatedObservation | undefined
  readonly record: WitnessRecord
  readonly view: CorrelationView | undefined
  readonly correlation: Correlation | undefined
}

/**
 * Everything that one transaction knows of one project. Nothing is written before the plan is made from it.
 */
export class WriteBatch {
  readonly trx: RecordingTransaction
  readonly projectId: number
  readonly facts: ProjectFacts
  readonly nowMs: number
  readonly drafts = new Map<string, InvocationDraft>()
  readonly observations = new Map<string, ObservationDraft>()
  readonly spans: SpanSet
  /** When sessions ended, as far as that was looked up or is new. */
  readonly sessionEnds = new Map<string, number>()
  readonly changedSessionEnds = new Map<string, number>()
  /** The turns in which sessions end now, or ended by what was known before. */
  readonly turnsOfSessionEnds: TurnAt[] = []
  readonly changedPrompts = new Map<string, StoredPrompt>()
  readonly #prompts = new Map<string, StoredPrompt | undefined>()
  /** Drafts whose row may change. */
  readonly touched = new Set<InvocationDraft>()

  constructor(trx: RecordingTransaction, projectId: number, facts: ProjectFacts, nowMs: number) {
    this.trx = trx
    this.projectId = projectId
    this.facts = facts
    this.nowMs = nowMs
    this.spans = new SpanSet(trx, projectId)
  }

  /** Loads what is not loaded yet; an invocation that is not stored gets an empty draft. */
  async load(invocationIds: Iterable<string>): Promise<void> {
    const missing = [...new Set(invocationIds)].filter((id) => !this.drafts.has(id))
    if (missing.length === 0) return
    for (const stored of await this.trx.invocations(this.projectId, missing)) this.adopt(stored)
    for (const id of missing) {
      if (!this.drafts.has(id)) this.drafts.set(id, new InvocationDraft(id, undefined))
    }
  }

  async loadPrompts(keys: readonly TurnKey[]): Promise<void> {
    const missing = keys.filter((key) => !this.#prompts.has(textOf(key)))
    for (const key of missing) this.#prompts.set(textOf(key), undefined)
    for (const prompt of await this.trx.prompts(this.projectId, missing))
      this.#prompts.set(textOf(prompt), prompt)
  }

  promptOf(key: TurnKey): StoredPrompt | undefined {
    return this.#prompts.get(textOf(key))
  }

  setPrompt(prompt: StoredPrompt): void {
    this.#prompts.set(textOf(prompt), prompt)
    this.changedPrompts.set(textOf(prompt), prompt)
  }

  async draft(invocationId: string): Promise<InvocationDraft> {
    await this.load([invocationId])
    return this.drafts.get(invocationId)!
  }

  /** Takes over an invocation that was loaded, unless it is known already. */
  adopt(stored: StoredInvocation): InvocationDraft {
    const { invocation_id } = stored.row
    const known = this.drafts.get(invocation_id)
    if (known !== undefined) return known
    const draft = new InvocationDraft(invocation_id, stored)
    this.drafts.set(invocation_id, draft)
    if (stored.observation !== undefined) this.adoptObservation(stored.observation)
    return draft
  }

  async loadObservations(observationIds: Iterable<string>): Promise<void> {
    const missing = [...new Set(observationIds)].filter((id) => !this.observations.has(id))
    if (missing.length === 0) return
    for (const stored of await this.trx.observations(this.projectId, missing)) this.adoptObservation(stored)
  }

  adoptObservation(stored: UncorrelatedObservation): ObservationDraft {
    const known = this.observations.get(stored.observationId)
    if (known !== undefined) return known
    const draft = { ...stored, stored }
    this.observations.set(stored.observationId, draft)
    return draft
  }
}

/** What the row of a call follows from: its own records, and what its observation adds to them. */
export function recordsOf(
  draft: InvocationDraft,
  observation: ObservationDraft | undefined,
): readonly WitnessRecord[] {
  if (observation === undefined) return draft.records
  if (!draft.isCall) return [observation.record]
  return withObservation(draft.records, contributionOf(observation.record))
}

/** What correlation compares, as some witness records report it. */
function viewOf(records: readonly WitnessRecord[]): CorrelationView {
  const { kind, skill_name, session_id, prompt_id, invoked_at_ms, ended_at_ms } = resolve(records)
  return {
    kind,
    skill_name,
    session_id,
    prompt_id: prompt_id ?? undefined,
    began_at_ms: invoked_at_ms,
    ended_at_ms: reportedEndMs(records) ?? ended_at_ms ?? undefined,
  }
}

/** The call that an uncorrelated observation is about; undefined when it can belong to none. */
export function viewOfObservation(record: WitnessRecord): CorrelationView | undefined {
  const kind = kindOfCall(record.fields)
  return kind && { ...viewOf([record]), kind, ended_at_ms: record.fields.ended_at_ms }
}

/**
 * Typed skills are known as commands; skills that are loaded with a sub-agent when it starts have no call.
 */
function kindOfCall({ kind = 'skill', trigger }: ObservedFields): CorrelationView['kind'] | undefined {
  if (kind !== 'skill') return kind
  return trigger === 'user' ? 'command' : trigger === 'preload' ? undefined : 'skill'
}

function textOf({ session_id, prompt_id }: TurnKey): string {
  return `${session_id}\0${prompt_id}`
}
