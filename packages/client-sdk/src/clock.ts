/** The time in epoch milliseconds. */
export type Clock = () => number

/** The default clock of clients and senders. */
export function machineClock(): number {
  return Date.now()
}
