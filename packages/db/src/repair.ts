import { ALL_ROLL_UPS } from './roll-ups/all.ts'
import type { RollUpWriter } from './roll-ups/apply.ts'
import { emptyDelta } from './roll-ups/deltas.ts'

/** What is to be added to the counters of one row of a roll-up; its extremes are read from the rows. */
export interface RollUpCorrection {
  readonly table: string
  readonly projectId: number
  readonly key: readonly (string | number)[]
  readonly sums: readonly number[]
}

/** Applies corrections; called inside a transaction. @throws {TypeError} for a table that is no roll-up */
export function applyCorrections(rollUps: RollUpWriter, corrections: readonly RollUpCorrection[]): void {
  for (const { table, projectId, key, sums } of corrections) {
    const rollUp = ALL_ROLL_UPS.find((each) => each.table === table)
    if (rollUp === undefined) throw new TypeError(`${table} is no roll-up`)
    rollUps.repair(rollUp, projectId, { ...emptyDelta(rollUp, key), sums: [...sums] })
  }
}
