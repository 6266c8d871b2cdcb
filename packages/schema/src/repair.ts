import { type Static, Type } from 'typebox'

const Cursor = Type.String({
  description: 'Where the next step begins; from the answer to the step before.',
  minLength: 1,
  maxLength: 1_000,
})

/** One step of a repair: a bounded part of the stored sums is compared with the rows and corrected. */
export const RepairRequest = Type.Object({ cursor: Type.Optional(Cursor) }, { additionalProperties: false })
export type RepairRequest = Static<typeof RepairRequest>

export const RepairReply = Type.Object(
  {
    repaired: Type.Array(
      Type.Object({
        table: Type.String(),
        rows_changed: Type.Integer({ minimum: 0 }),
      }),
      { description: 'Rows that this step corrected, by table.' },
    ),
    checked_rows: Type.Integer({ minimum: 0, description: 'Rows that this step compared.' }),
    done: Type.Boolean({ description: 'Whether this was the last step.' }),
    cursor: Type.Optional(Cursor),
  },
  { description: 'The result of one step of a repair.' },
)
export type RepairReply = Static<typeof RepairReply>
