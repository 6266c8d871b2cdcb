/** The result of one check. `broken` makes doctor fail; `note` is information. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'note' | 'broken'
  readonly text: string
  /** What to do. */
  readonly fix?: string
}

export const ok = (name: string, text: string): Check => ({ name, state: 'ok', text })
export const noted = (name: string, text: string, fix?: string): Check => ({
  name,
  state: 'note',
  text,
  ...(fix && { fix }),
})
export const broken = (name: string, text: string, fix: string): Check => ({
  name,
  state: 'broken',
  text,
  fix,
})
