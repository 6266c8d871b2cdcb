import type { Witness } from '@skillwatch/schema'

/**
 * Which witness is believed for which field, first to last, each list with its reason. This order decides
 * only between values of equal rank: a result outranks "still running", and a real name outranks a
 * placeholder, whichever witness reports it.
 */

/**
 * The caller's own process knows best, then the agent itself (hook); an import is a copy of something else.
 */
export const CLOSEST_FIRST: readonly Witness[] = [
  'sdk',
  'hook',
  'otel_span',
  'otel_log',
  'transcript',
  'import',
]

/**
 * Hooks carry no time and get that of their receipt; log events are written afterwards; the others when it
 * happened.
 */
export const BEST_CLOCK_FIRST: readonly Witness[] = [
  'sdk',
  'otel_span',
  'transcript',
  'otel_log',
  'hook',
  'import',
]

/**
 * Only the log event `skill_activated` reports who chose a skill. The transcript knows which calls a skill
 * made; hooks assume for every call that the agent chose it.
 */
export const ACTIVATION_FIRST: readonly Witness[] = [
  'otel_log',
  'sdk',
  'otel_span',
  'transcript',
  'hook',
  'import',
]

/** The transcript measures from call to result inside the agent; the others subtract times of receipt. */
export const TRANSCRIPT_ELAPSED_FIRST: readonly Witness[] = [
  'sdk',
  'transcript',
  'otel_span',
  'hook',
  'otel_log',
  'import',
]

/** Logs redact names by default, with placeholders that may be new to us. */
export const LOG_NAMES_LAST: readonly Witness[] = [
  'sdk',
  'hook',
  'transcript',
  'otel_span',
  'import',
  'otel_log',
]

/** The transcript distinguishes a refusal from a failure; a span only reports an error. */
export const TRANSCRIPT_BEFORE_SPAN: readonly Witness[] = [
  'sdk',
  'hook',
  'transcript',
  'otel_log',
  'otel_span',
  'import',
]
