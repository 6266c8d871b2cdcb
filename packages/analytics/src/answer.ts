/** What a function answers when its sample is below its minimum. */
export interface NotEnoughData {
  readonly enough: false
  /** What is counted, such as `calls`. */
  readonly unit: string
  readonly have: number
  readonly need: number
}

/** A result, or the statement that there is too little data for one. */
export type Answer<T> = (T & { readonly enough: true }) | NotEnoughData

export function notEnough(unit: string, have: number, need: number): NotEnoughData {
  return { enough: false, unit, have, need }
}
