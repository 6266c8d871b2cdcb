import type { Kind } from '@skillwatch/schema'
import type { WindowOptions } from '../uses/window.ts'
import type { Breakdown } from './rows.ts'
import type { Sort } from './sort.ts'

/** The options of `skillwatch skills`, as its command line sets them. */
export interface SkillsOptions extends WindowOptions {
  readonly timeZone?: string
  readonly kind?: Kind
  readonly by?: Breakdown
  readonly sort?: Sort
  readonly limit: number
  readonly dead?: boolean
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

export const IMPORT_ADVICE = '`skillwatch import claude-code` imports a history.'
