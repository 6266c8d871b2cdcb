/** One page of a list. */
export interface Page<Item> {
  items: Item[]
  /** For the next page; null at the end of the list. */
  next_cursor: string | null
}

/**
 * A list in pages: `await` gives the first page, and `for await` all of them. The first page is requested
 * at once, each other one when the loop asks for it. `More` is what each page has beside its items.
 */
export interface Pages<Item, More = unknown>
  extends Promise<Page<Item> & More>,
    AsyncIterable<Page<Item> & More> {}

/** @param read requests the page of a cursor; without one the first page */
export function pagesFrom<Item, More>(
  read: (cursor?: string) => Promise<Page<Item> & More>,
): Pages<Item, More> {
  const first = read()
  // The caller may begin its loop later than this fails; the loop then throws the error.
  first.catch(() => undefined)
  return Object.assign(first, { [Symbol.asyncIterator]: () => follow(first, read) })
}

async function* follow<P extends Page<unknown>>(
  first: Promise<P>,
  read: (cursor: string) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  let page = await first
  yield page
  while (typeof page.next_cursor === 'string') {
    page = await read(page.next_cursor)
    yield page
  }
}
