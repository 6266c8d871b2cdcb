import {
  formatInstant,
  type InvocationDetail,
  type ObservedFields,
  toInvocation,
  type WitnessStatement,
} from '@skillwatch/schema'
import { mergeWitnesses, type WitnessState } from '../recording/merge.ts'
import { TEXT_FIELDS } from '../recording/private-fields.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { invocationRow } from './invocations.ts'

interface StatedRow {
  witness: WitnessState['witness']
  received_at_ms: number
  fields: string
  activation_id: string | null
}

/** One invocation by its id with what each witness stated about it, or `undefined`. */
export function getInvocationDetail(
  reader: Reader,
  projectId: number,
  invocationId: string,
): InvocationDetail | undefined {
  const row = invocationRow(reader, projectId, invocationId)
  if (row === undefined) return undefined
  const stated = statedAbout(reader, row.row_id)
  const states = stated.map(({ fields, ...state }) => ({ ...state, fields: JSON.parse(fields) as ObservedFields }))
  const merged = mergeWitnesses(states)
  const texts = TEXT_FIELDS.filter((field) => merged[field] !== undefined).map((field) => [field, merged[field]])
  return {
    ...toInvocation(row),
    ...Object.fromEntries(texts),
    statements: states.map(toStatement),
    conflicts: conflicts(states),
  }
}

function statedAbout({ sqlite, db }: Reader, rowId: number): StatedRow[] {
  const witnesses = db
    .selectFrom('invocation_witness')
    .select((eb) => ['witness', 'received_at_ms', 'fields', eb.val<string | null>(null).as('activation_id')])
    .where('row_id', '=', rowId)
  const activations = db
    .selectFrom('skill_activation')
    .select(['witness', 'received_at_ms', 'fields', 'activation_id'])
    .where('row_id', '=', rowId)
  return all(sqlite, witnesses.unionAll(activations).orderBy('witness').orderBy('activation_id').compile())
}

function toStatement({
  witness,
  received_at_ms,
  fields,
  activation_id,
}: WitnessState & { activation_id: string | null }): WitnessStatement {
  const { invoked_at_ms, ended_at_ms, ...others } = fields
  return {
    witness,
    received_at: formatInstant(received_at_ms),
    ...(activation_id !== null && { activation_id }),
    stated: {
      ...others,
      ...(invoked_at_ms !== undefined && { invoked_at: formatInstant(invoked_at_ms) }),
      ...(ended_at_ms !== undefined && { ended_at: formatInstant(ended_at_ms) }),
    },
  }
}

/** Names of the fields that not all who state them state alike, as the wire calls them. */
function conflicts(states: readonly WitnessState[]): string[] {
  const values = new Map<string, Set<string>>()
  for (const { fields } of states) {
    for (const [field, value] of Object.entries(fields)) {
      const known = values.get(field) ?? new Set()
      values.set(field, known.add(JSON.stringify(value)))
    }
  }
  return [...values]
    .filter(([, different]) => different.size > 1)
    .map(([field]) => field.replace(/_at_ms$/, '_at'))
    .sort()
}
