import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Scope } from './words.ts'

/** An API key without its secret. */
export const ApiKey = Type.Object(
  {
    api_key_id: Type.String({ description: 'Public id. It is also the first part of the key itself.' }),
    name: Type.String(),
    project: Type.String(),
    scopes: Type.Array(Scope),
    created_at: Instant,
    revoked_at: Type.Optional(Instant),
  },
  { description: 'An API key without its secret.' },
)
export type ApiKey = Static<typeof ApiKey>

export const CreateApiKey = Type.Object(
  {
    name: name('What the key is for.'),
    scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true }),
    project: Type.Optional(
      name(
        'The project that the key gives access to. It is created if it does not exist. Default: `default`.',
      ),
    ),
  },
  { additionalProperties: false },
)
export type CreateApiKey = Static<typeof CreateApiKey>

/** A new key with its secret, which only this answer contains. */
export const CreatedApiKey = Type.Intersect([
  ApiKey,
  Type.Object({ api_key: Type.String({ description: 'The key itself. Only this answer contains it.' }) }),
])
export type CreatedApiKey = Static<typeof CreatedApiKey>
