import type { Static, TSchema } from 'typebox'
import { demandAs, type Endpoint, type LoadSchema } from './http.ts'

const PAGE_ITEMS_MAX = 1_000

/** A list of a service, and what is wanted of it. */
export interface List<Item extends TSchema> {
  readonly path: string
  readonly item: LoadSchema<Item>
  /** An item that changes while pages are read may be on two of them; its key says that it is the same. */
  readonly keyOf: (item: Static<Item>) => string
  readonly query?: Readonly<Record<string, string>>
  /** Items at most; without it all. */
  readonly limit?: number
}

/**
 * The first items of a list, from as many pages as they take, and whether there are more.
 * @throws {CliError} when the service does not answer or refuses, or when it is another version
 */
export async function readPages<Item extends TSchema>(
  service: Endpoint,
  { path, item, keyOf, query = {}, limit = Number.POSITIVE_INFINITY }: List<Item>,
  signal: AbortSignal,
): Promise<{ items: Static<Item>[]; isMore: boolean }> {
  const page = pageOf(item)
  const items = new Map<string, Static<Item>>()
  let cursor: string | null = null
  do {
    const parameters: URLSearchParams = new URLSearchParams({
      ...query,
      limit: String(Math.min(PAGE_ITEMS_MAX, limit - items.size)),
      ...(cursor !== null && { cursor }),
    })
    const answer = (await demandAs(page, service, `${path}?${parameters}`, { signal })) as {
      items: Static<Item>[]
      next_cursor: string | null
    }
    for (const each of answer.items) items.set(keyOf(each), each)
    cursor = answer.next_cursor
  } while (cursor !== null && items.size < limit)
  return { items: [...items.values()], isMore: cursor !== null }
}

/** The schema of a page of items. */
export function pageOf<Item extends TSchema>(item: LoadSchema<Item>) {
  return async () => {
    const [schema, { Type }] = await Promise.all([item(), import('typebox')])
    const next_cursor = Type.Union([Type.String(), Type.Null()])
    return Type.Object({ items: Type.Array(schema), next_cursor })
  }
}
