export { SendError } from './send-error.ts'
export { createSender, type Sender, type SenderOptions, type SendOptions, type SendTotals } from './sender.ts'
export { type StreamEvent, type StreamOptions, streamChanges } from './stream.ts'
export { StreamGapError, StreamRefusedError } from './stream-errors.ts'
