import {
  formatInstant,
  type InvocationDetail,
  type InvocationRow,
  type ObservedFields,
  TEXT_FIELDS,
  type Witness,
  type WitnessRecord,
} from '@skillwatch/schema'
import { mergeWitnesses } from '../recording/index.ts'
import { fieldsOfSoleRecord } from '../recording/sole-record.ts'
import type { WitnessRecord as StoredRecord } from '../recording/witness-record.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { toInvocation } from '../to-invocation.ts'
import { invocationRow } from './invocations.ts'

/** Uncorrelated observations have an id of their own. */
type RecordWithId = StoredRecord & { readonly observation_id: string | null }

/** One invocation by its id with what each witness reported of it, or `undefined`. */
export function getInvocationDetail(
  reader: Reader,
  projectId: number,
  invocationId: string,
): InvocationDetail | undefined {
  const row = invocationRow(reader, projectId, invocationId)
  if (row === undefined) return undefined
  const records = recordsOf(reader, row)
  const merged = mergeWitnesses(records)
  const texts = TEXT_FIELDS.filter((field) => merged[field] !== undefined).map((field) => [
    field,
    merged[field],
  ])
  return {
    ...toInvocation(row),
    ...Object.fromEntries(texts),
    witness_records: records.map(toWireRecord),
    conflicts: conflicts(records),
  }
}

function recordsOf({ sqlite, db }: Reader, row: InvocationRow): RecordWithId[] {
  if (row.sole_record !== null) {
    const fields = fieldsOfSoleRecord(row, row.sole_record)
    const { received_at_ms } = row
    return [{ witness: row.witnesses as Witness, received_at_ms, fields, observation_id: null }]
  }
  const witnesses = db
    .selectFrom('invocation_witness')
    .select((eb) => [
      'witness',
      'received_at_ms',
      'fields',
      eb.val<string | null>(null).as('observation_id'),
    ])
    .where('row_id', '=', row.row_id)
  const observations = db
    .selectFrom('uncorrelated_observation')
    .select(['witness', 'received_at_ms', 'fields', 'observation_id'])
    .where('row_id', '=', row.row_id)
  const both = witnesses.unionAll(observations).orderBy('witness').orderBy('observation_id')
  return all(sqlite, both.compile()).map(({ fields, ...record }) => ({
    ...record,
    fields: JSON.parse(fields) as ObservedFields,
  }))
}

function toWireRecord({ witness, received_at_ms, fields, observation_id }: RecordWithId): WitnessRecord {
  const { invoked_at_ms, ended_at_ms, ...others } = fields
  return {
    witness,
    received_at: formatInstant(received_at_ms),
    ...(observation_id !== null && { observation_id }),
    reported: {
      ...others,
      ...(invoked_at_ms !== undefined && { invoked_at: formatInstant(invoked_at_ms) }),
      ...(ended_at_ms !== undefined && { ended_at: formatInstant(ended_at_ms) }),
    },
  }
}

/** Wire names of the fields for which witnesses report different values. */
function conflicts(records: readonly StoredRecord[]): string[] {
  const values = new Map<string, Set<string>>()
  for (const { fields } of records) {
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
