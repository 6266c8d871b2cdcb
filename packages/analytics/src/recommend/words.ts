const EXACT = new Intl.NumberFormat('en-US')

export function exact(count: number): string {
  return EXACT.format(count)
}

/** A count with its noun: `1 call`, `1,200 calls`. */
export function counted(count: number, noun: string): string {
  return `${exact(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A share in whole percent. */
export function percentOf(share: number): string {
  return `${Math.round(share * 100)}%`
}
