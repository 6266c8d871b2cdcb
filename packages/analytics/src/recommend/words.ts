const EXACT = new Intl.NumberFormat('en-US')

/** A count with its noun: `1 call`, `1,200 calls`. */
export function counted(count: number, noun: string): string {
  return `${EXACT.format(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A share in whole percent. */
export function percentOf(share: number): string {
  return `${Math.round(share * 100)}%`
}
