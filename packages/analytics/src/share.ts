/** Of `of` calls, `hits` completed, or had another property. */
export interface Share {
  readonly hits: number
  readonly of: number
}
