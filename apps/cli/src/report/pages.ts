import { type Static, type TSchema, Type } from 'typebox'
import { demandAs, type Endpoint } from '../http.ts'

const PAGE_ITEMS_MAX = 1_000

interface PageOptions<Item> {
  readonly signal: AbortSignal
  /** Items at most. */
  readonly itemsMax?: number
  /** Whether this item and all after it are left out. */
  readonly isEnd?: (item: Item) => boolean
}

/** The first items of a list, from as many pages as they take, and whether there are more. */
export async function readPages<Item extends TSchema>(
  gateway: Endpoint,
  path: string,
  schema: Item,
  query: Readonly<Record<string, string>>,
  { signal, itemsMax = Number.POSITIVE_INFINITY, isEnd = () => false }: PageOptions<Static<Item>>,
): Promise<{ items: Static<Item>[]; isMore: boolean }> {
  const Page = Type.Object({
    items: Type.Array(schema),
    next_cursor: Type.Union([Type.String(), Type.Null()]),
  })
  const items: Static<Item>[] = []
  let cursor: string | null = null
  do {
    const limit = String(Math.min(PAGE_ITEMS_MAX, itemsMax - items.length))
    const parameters = new URLSearchParams({ ...query, limit, ...(cursor !== null && { cursor }) })
    const page: Static<typeof Page> = await demandAs(Page, gateway, `${path}?${parameters}`, { signal })
    const end = page.items.findIndex(isEnd)
    items.push(...(end < 0 ? page.items : page.items.slice(0, end)))
    cursor = end < 0 ? page.next_cursor : null
  } while (cursor !== null && items.length < itemsMax)
  return { items, isMore: cursor !== null }
}
