import { type Static, Type } from 'typebox'

/** RFC 9457 problem details, with one entry in `errors` for each invalid value. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: 'A URI reference that names the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String({ description: 'What happened in this case, and what to do next.' })),
    instance: Type.Optional(Type.String({ description: 'The id of the request in the logs.' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          index: Type.Optional(Type.Integer({ minimum: 0 })),
          pointer: Type.String({ description: 'RFC 6901 JSON pointer.' }),
          reason: Type.String(),
        }),
      ),
    ),
  },
  { description: 'RFC 9457 problem details.' },
)
export type ProblemDetails = Static<typeof ProblemDetails>
