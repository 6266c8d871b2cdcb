import type { ApiRequest, Observation, PromptInput, SpanContext } from '@skillwatch/schema'

/** What a translator took from one record. */
export type Extraction =
  | ObservationExtraction
  | CallSpanExtraction
  | { readonly apiRequest: ApiRequest }
  | { readonly prompt: PromptInput }
  | UnusedRecord
  | { readonly rejected: string }

/** An observation from a log record. */
export interface ObservationExtraction {
  readonly observation: Observation
  /** The record carries no id of its call; `invocation_id` is the id of the observation alone. */
  readonly uncorrelated?: true
  /** The prompt that the call is a part of, when the record is about it too. */
  readonly prompt?: PromptInput | undefined
  /** Sizes of texts that the record does not contain. */
  readonly sizes?: { readonly arguments_bytes?: number; readonly result_bytes?: number }
}

/** The fields that a span carries, and its place in the trace. */
export interface SpanExtraction {
  readonly observation: Partial<Observation> & { invocation_id: string }
  readonly span: SpanContext
}

/** A span of a call or of a phase of one. */
export interface CallSpanExtraction extends SpanExtraction {
  /** The name that it is counted under, as unused, until other spans complete its call. */
  readonly waitingName: string
}

/** A record without a call. */
export interface UnusedRecord {
  /** The name that it is counted under. */
  readonly unused: string
  /** A span from which the calls inside it inherit fields. */
  readonly context?: SpanExtraction
}
