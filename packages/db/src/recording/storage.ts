import type {
  InvocationRow,
  Kind,
  ObservedFields,
  OtelSpanTable,
  TextField,
  Witness,
} from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import type { CountedRow } from '../roll-ups/declarations.ts'
import type { RollUpDeltas } from '../roll-ups/deltas.ts'
import type { TurnKey, TurnMark } from '../turns/marks.ts'
import type { TurnStorage } from '../turns/storage.ts'
import type { StoredPrompt } from './prompt.ts'
import type { WitnessRecord } from './witness-record.ts'

/**
 * What recording asks of a database. It knows nothing of the engine: SQLite answers from its one writer; on
 * PostgreSQL `project` locks the project's `stream` row, so that everything inside a project is serial.
 */
export interface RecordingStorage {
  /** Runs in one transaction: all of it is committed, or nothing when it throws. */
  transaction<T>(run: (trx: RecordingTransaction) => Promise<T>): Promise<T>
}

/** Loads by sets, hands out keys, and applies a plan. */
export interface RecordingTransaction {
  /** @throws {TypeError} when there is no such project */
  project(projectId: number): Promise<ProjectFacts>

  invocations(projectId: number, invocationIds: readonly string[]): Promise<StoredInvocation[]>
  /** The nearest calls of a session and kind on either side of an instant. */
  callsAround(projectId: number, place: Neighbourhood): Promise<StoredInvocation[]>
  /** Ids of the calls of a session that have no result yet. */
  runningInvocations(projectId: number, sessionId: string): Promise<string[]>
  invocationsEndedAt(projectId: number, sessionId: string, endedAtMs: number): Promise<string[]>
  /** When sessions ended, of those that an agent reported the end of. */
  sessionEnds(projectId: number, sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>>

  prompts(projectId: number, keys: readonly TurnKey[]): Promise<StoredPrompt[]>

  observations(projectId: number, observationIds: readonly string[]): Promise<UncorrelatedObservation[]>
  observationsAround(projectId: number, place: Neighbourhood): Promise<UncorrelatedObservation[]>

  /** False when there are none at all, so that nobody without traces waits for them. */
  hasSpans(): boolean
  /** False only when no uncorrelated observation is stored, of any project. */
  hasObservations(): boolean
  spans(projectId: number, ids: readonly SpanId[]): Promise<StoredSpan[]>
  /** The spans inside one, in the order of their ids. */
  spansInside(projectId: number, parent: SpanId, afterSpanId: string, limit: number): Promise<StoredSpan[]>
  spansOfInvocations(projectId: number, invocationIds: readonly string[]): Promise<StoredSpan[]>
  /** Spans whose inner spans are to be correlated again. */
  cascades(projectId: number, limit: number): Promise<SpanCascade[]>

  readonly turns: TurnStorage

  /** Ids of the live series with these labels, in their order; they are made when they are missing. */
  liveSeries(projectId: number, labels: readonly LiveLabels[]): Promise<number[]>
  /**
   * The first of so many consecutive ids of new rows. The id of a row that was deleted is never given again.
   */
  reserveRowIds(count: number): Promise<number>
  apply(projectId: number, plan: WritePlan, nowMs: number): Promise<void>
}

/** What recording knows of a project. */
export interface ProjectFacts {
  /** Keyed hash (R10). */
  readonly hash: (text: string) => string
  readonly storeText: ReadonlySet<TextField>
  /** Whether it stores folder and branch. */
  readonly storePlaces: boolean
}

/** An invocation as it is stored. */
export interface StoredInvocation {
  readonly row: InvocationRow
  readonly records: readonly WitnessRecord[]
  /** The uncorrelated observation that belongs to it, if any. */
  readonly observation: UncorrelatedObservation | undefined
}

/** What correlation compares: a call, or the call that an uncorrelated observation is about. */
export interface CorrelationView {
  readonly kind: Kind
  readonly skill_name: string
  readonly session_id: string
  readonly prompt_id: string | undefined
  readonly began_at_ms: number
  readonly ended_at_ms: number | undefined
}

/** An observation without the id of its call. */
export interface UncorrelatedObservation {
  readonly observationId: string
  readonly record: WitnessRecord
  /** Undefined when it belongs to no call of any kind: a skill that was loaded with a sub-agent. */
  readonly view: CorrelationView | undefined
  /** The call that it was correlated with; undefined when it has a row of its own. */
  readonly correlation: Correlation | undefined
}

export interface Correlation {
  readonly invocationId: string
  readonly nearness: Nearness
}

/** How near an observation is to a call, the most important difference first. The smaller, the nearer. */
export type Nearness = readonly [
  differentIds: 0 | 1,
  differentPrompts: 0 | 1,
  differentNames: 0 | 1,
  distanceMs: number,
]

export interface Neighbourhood {
  readonly session_id: string
  readonly kind: Kind
  readonly at_ms: number
  /** Most rows on each side. */
  readonly limit: number
}

export interface SpanId {
  readonly trace_id: string
  readonly span_id: string
}

/** A span with what it reports by itself. */
export type StoredSpan = Readonly<
  Omit<Selectable<OtelSpanTable>, 'project_id' | 'fields' | 'session_id' | 'expires_at_ms'> & {
    fields: ObservedFields
  }
>

export interface SpanCascade extends SpanId {
  /** The inner spans up to this one are done. */
  readonly after_span_id: string
}

export interface LiveLabels {
  readonly kind: Kind
  readonly skill_name: string
  readonly workflow_phase: string
  readonly outcome: InvocationRow['outcome']
}

/** What a change did to its row. */
type ChangeOp = 'insert' | 'update' | 'delete'

/** One entry of the change log. */
export interface LogEntry {
  readonly entity: 'invocation' | 'use' | 'turn' | 'finding'
  readonly row_id: number
  readonly op: ChangeOp
}

export type InvocationChange = LogEntry & { readonly entity: 'invocation' }

export type NewInvocation = Omit<InvocationRow, 'project_id'>

/** Everything that one transaction writes for one project. */
export interface WritePlan {
  readonly inserts: readonly NewInvocation[]
  /** Only the columns that change. */
  readonly updates: readonly { readonly row_id: number; readonly columns: Partial<InvocationRow> }[]
  readonly deletes: readonly { readonly row_id: number; readonly invocation_id: string }[]
  readonly records: readonly { readonly row_id: number; readonly record: WitnessRecord }[]
  readonly removedRecords: readonly { readonly row_id: number; readonly witness: Witness }[]
  readonly observations: readonly {
    readonly row_id: number
    readonly observation: UncorrelatedObservation
  }[]
  readonly sessionEnds: ReadonlyMap<string, number>
  readonly prompts: readonly StoredPrompt[]
  /** Turns and uses that are to be derived again. */
  readonly turns: readonly TurnMark[]
  /** New and changed spans, with the call that each belongs to. */
  readonly spans: readonly StoredSpan[]
  /** Traces that are kept, as one of their calls is recorded. */
  readonly keptTraces: ReadonlySet<string>
  readonly cascades: readonly SpanCascade[]
  readonly doneCascades: readonly SpanId[]
  readonly deltas: RollUpDeltas<CountedRow>
  readonly changes: readonly InvocationChange[]
}
