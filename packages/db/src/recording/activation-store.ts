import type { UncorrelatedObservationTable } from '@skillwatch/schema'
import type { Selectable } from 'kysely'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import type { WitnessRecord } from './merge.ts'

/** A sighting of a skill without the id of its call, and the row it is part of. */
export interface Activation {
  observation_id: string
  session_id: string
  state: WitnessRecord
  row_id: number | null
}

type ActivationRow = Selectable<UncorrelatedObservationTable>

/** Reads and writes activations with statements that were prepared once. */
export function createActivationStore({ sqlite, db }: Writer) {
  const select = db.selectFrom('uncorrelated_observation').selectAll()
  const byId = sqlite.prepare<[number, string], ActivationRow>(
    select
      .where('project_id', '=', slot<number>('project_id'))
      .where('observation_id', '=', slot<string>('observation_id'))
      .compile().sql,
  )
  const bySession = sqlite.prepare<[number, string], ActivationRow>(
    select
      .where('project_id', '=', slot<number>('project_id'))
      .where('session_id', '=', slot<string>('session_id'))
      .orderBy('observation_id')
      .compile().sql,
  )
  const byRow = sqlite.prepare<[number], ActivationRow>(
    select.where('row_id', '=', slot<number>('row_id')).orderBy('observation_id').compile().sql,
  )
  const detachFromRow = sqlite.prepare<[number]>(
    'update uncorrelated_observation set row_id = null where row_id = ?',
  )
  const upsert = prepareSlotted(
    sqlite,
    db
      .insertInto('uncorrelated_observation')
      .values({
        project_id: slot('project_id'),
        observation_id: slot('observation_id'),
        session_id: slot('session_id'),
        witness: slot('witness'),
        received_at_ms: slot('received_at_ms'),
        fields: slot('fields'),
        row_id: slot('row_id'),
      })
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'observation_id']).doUpdateSet((eb) => ({
          session_id: eb.ref('excluded.session_id'),
          received_at_ms: eb.ref('excluded.received_at_ms'),
          fields: eb.ref('excluded.fields'),
          row_id: eb.ref('excluded.row_id'),
        })),
      )
      .compile(),
  )

  return {
    find(projectId: number, activationId: string): Activation | undefined {
      const row = byId.get(projectId, activationId)
      return row && toActivation(row)
    },
    ofSession(projectId: number, sessionId: string): Activation[] {
      return bySession.all(projectId, sessionId).map(toActivation)
    },
    /** What the activations that are part of a row state. */
    ofRow(rowId: number): WitnessRecord[] {
      return byRow.all(rowId).map((row) => toActivation(row).state)
    },
    /** Leaves the activations of a row that goes away without one. */
    detach(rowId: number): void {
      detachFromRow.run(rowId)
    },
    save(project_id: number, { observation_id, session_id, state, row_id }: Activation): void {
      const { witness, received_at_ms, fields } = state
      upsert.run({
        project_id,
        observation_id,
        session_id,
        witness,
        received_at_ms,
        fields: JSON.stringify(fields),
        row_id,
      })
    },
  }
}

export type ActivationStore = ReturnType<typeof createActivationStore>

function toActivation({
  observation_id,
  session_id,
  witness,
  received_at_ms,
  fields,
  row_id,
}: ActivationRow): Activation {
  return {
    observation_id,
    session_id,
    row_id,
    state: { witness, received_at_ms, fields: JSON.parse(fields) },
  }
}
