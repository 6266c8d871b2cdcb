import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Invocation } from './invocation.ts'
import { Witness } from './words.ts'

/** What one witness reported of one invocation, before it was merged with the reports of the others. */
export const WitnessRecord = Type.Object(
  {
    witness: Witness,
    received_at: Instant,
    observation_id: Type.Optional(
      Type.String({
        description:
          'Id of an uncorrelated observation: it carried no call id and was correlated with this call.',
      }),
    ),
    reported: Type.Record(Type.String(), Type.Unknown(), {
      description: 'The reported fields, with the names of an observation; instants as RFC 3339.',
    }),
  },
  { description: 'What one witness reported of an invocation, before merging.' },
)
export type WitnessRecord = Static<typeof WitnessRecord>

const storedText = Type.Optional(
  Type.String({ description: 'Only if the project stores it; secrets are redacted.' }),
)

/** An invocation with its witness records. */
export const InvocationDetail = Type.Intersect(
  [
    Invocation,
    Type.Object({
      user_query: storedText,
      arguments: storedText,
      result: storedText,
      witness_records: Type.Array(WitnessRecord),
      conflicts: Type.Array(Type.String(), {
        description: 'Fields for which witnesses report different values.',
      }),
    }),
  ],
  { description: 'An invocation with its witness records.' },
)
export type InvocationDetail = Static<typeof InvocationDetail>
