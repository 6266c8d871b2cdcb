export interface CloseReason {
  readonly code: number
  readonly reason: string
}

/** To whom a subscription sends. */
export interface Receiver {
  /** Whether there is room for another message; the question is what pauses and resumes a client. */
  isReady(): boolean
  send(message: Buffer): void
  close(reason: CloseReason): void
}
