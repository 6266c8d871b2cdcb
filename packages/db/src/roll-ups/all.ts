import { ROLL_UPS } from './declarations.ts'
import type { RollUpTable } from './roll-up.ts'
import { API_REQUEST_ROLL_UPS } from './usage.ts'
import { USE_ROLL_UPS } from './uses.ts'

/** The tables of all roll-ups, whatever they count. */
export const ALL_ROLL_UPS: readonly RollUpTable[] = [...ROLL_UPS, ...API_REQUEST_ROLL_UPS, ...USE_ROLL_UPS]
