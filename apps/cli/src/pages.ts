import { demand, type Endpoint } from './http.ts'

const PAGE_ITEMS_MAX = 1_000

/** A list of a service, and what is wanted of it. */
export interface List<Item> {
  readonly path: string
  /** An item that changes while pages are read may be on two of them; its key says that it is the same. */
  readonly keyOf: (item: Item) => string
  readonly query?: Readonly<Record<string, string>>
  /** Items at most; without it all. */
  readonly limit?: number
  /** Whether this item and all after it are left out. */
  readonly isEnd?: (item: Item) => boolean
}

/**
 * The first items of a list, from as many pages as they take, and whether there are more.
 * @throws {CliError} when the service does not answer or refuses, or when it is another version
 */
export async function readPages<Item>(
  service: Endpoint,
  { path, keyOf, query = {}, limit = Number.POSITIVE_INFINITY, isEnd = () => false }: List<Item>,
  signal: AbortSignal,
): Promise<{ items: Item[]; isMore: boolean }> {
  const items = new Map<string, Item>()
  let cursor: string | null = null
  do {
    const parameters: URLSearchParams = new URLSearchParams({
      ...query,
      limit: String(Math.min(PAGE_ITEMS_MAX, limit - items.size)),
      ...(cursor !== null && { cursor }),
    })
    const page: Page<Item> = await demand(service, `${path}?${parameters}`, { signal })
    const end = page.items.findIndex(isEnd)
    for (const each of end < 0 ? page.items : page.items.slice(0, end)) items.set(keyOf(each), each)
    cursor = end < 0 ? page.next_cursor : null
  } while (cursor !== null && items.size < limit)
  return { items: [...items.values()], isMore: cursor !== null }
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor: string | null
}
