// What both entry points, for Node and for browsers, have in common.
export type { Client, FlushOptions } from './client.ts'
export type { EndFields, TrackFields } from './client-options.ts'
export { ReadError } from './read-error.ts'
export type { MetricsQuery, SkillPage, SkillQuery } from './reading.ts'
export { SendError } from './send-error.ts'
export {
  createSender,
  type Sender,
  type SenderOptions,
  type SendOptions,
  type SendTotals,
} from './sender.ts'
export type { ClientStats } from './stats.ts'
export { type StreamEvent, type StreamOptions, streamChanges } from './stream.ts'
export { StreamGapError, StreamRefusedError } from './stream-errors.ts'
export type { OpenTelemetryApi } from './trace-context.ts'
export type { TrackedInvocation } from './tracking.ts'
export type { ClientLogger } from './warnings.ts'
