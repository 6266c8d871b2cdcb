import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name } from './text.ts'
import { Scope } from './words.ts'

/** An API key as it may be shown: without its secret. */
export const ApiKey = Type.Object(
  {
    api_key_id: Type.String({ description: 'Public id, also the first part of the key itself.' }),
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
        'The project whose data the key opens; made when it does not exist. `default` unless said otherwise.',
      ),
    ),
  },
  { additionalProperties: false },
)
export type CreateApiKey = Static<typeof CreateApiKey>

/** A new key with its secret, shown this once. */
export const CreatedApiKey = Type.Intersect([
  ApiKey,
  Type.Object({ api_key: Type.String({ description: 'The key itself, shown this once.' }) }),
])
export type CreatedApiKey = Static<typeof CreatedApiKey>
