import { type Static, Type } from 'typebox'

/** What a repair of the roll-ups changed. */
export const RepairReply = Type.Object(
  {
    checked_rows: Type.Integer({ minimum: 0, description: 'Invocations that were counted.' }),
    repaired: Type.Array(
      Type.Object({
        table: Type.String(),
        rows_changed: Type.Integer({ minimum: 1 }),
      }),
      { description: 'Roll-ups of which rows were corrected; empty when every sum was correct.' },
    ),
  },
  { description: 'What a repair of the roll-ups changed.' },
)
export type RepairReply = Static<typeof RepairReply>
