/** The time in epoch milliseconds. */
export type Clock = () => number

/** The clock of a client or sender that is not given another one. */
export function machineClock(): number {
  return Date.now()
}
