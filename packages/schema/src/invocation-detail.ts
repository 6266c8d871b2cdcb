import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Invocation } from './invocation.ts'
import { Witness } from './words.ts'

/** What one witness stated about an invocation, before it was merged with what the others stated. */
export const WitnessStatement = Type.Object(
  {
    witness: Witness,
    received_at: Instant,
    activation_id: Type.Optional(
      Type.String({ description: 'The sighting had no id of the call and was joined to it; this is its own.' }),
    ),
    stated: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Field by field as in an observation; instants as RFC 3339.',
    }),
  },
  { description: 'What one witness stated, before it was merged with what the others stated.' },
)
export type WitnessStatement = Static<typeof WitnessStatement>

/** An invocation with all that is known about how it is known. */
export const InvocationDetail = Type.Intersect(
  [
    Invocation,
    Type.Object({
      user_query: Type.Optional(
        Type.String({ description: 'Only where the project stores it; secrets are taken out.' }),
      ),
      arguments: Type.Optional(
        Type.String({ description: 'Only where the project stores it; secrets are taken out.' }),
      ),
      result: Type.Optional(Type.String({ description: 'Only where the project stores it; secrets are taken out.' })),
      statements: Type.Array(WitnessStatement),
      conflicts: Type.Array(Type.String(), { description: 'Fields about which witnesses state different things.' }),
    }),
  ],
  { description: 'An invocation, and who stated what about it.' },
)
export type InvocationDetail = Static<typeof InvocationDetail>
