/** One page of a list. */
export interface Page<Item> {
  items: Item[]
  /** For the next page; null at the end of the list. */
  next_cursor: string | null
}

/**
 * A list in pages: `await` gives the first page, and `for await` all of them. The first page is requested
 * at once, each other one when the loop asks for it.
 */
export interface Pages<Item> extends Promise<Page<Item>>, AsyncIterable<Page<Item>> {}

/** @param read requests the page of a cursor; without one the first page */
export function pagesFrom<Item>(read: (cursor?: string) => Promise<Page<Item>>): Pages<Item> {
  const first = read()
  // The caller may begin its loop later than this fails; the loop then throws the error.
  first.catch(() => undefined)
  return Object.assign(first, { [Symbol.asyncIterator]: () => follow(first, read) })
}

async function* follow<Item>(
  first: Promise<Page<Item>>,
  read: (cursor: string) => Promise<Page<Item>>,
): AsyncGenerator<Page<Item>, void, undefined> {
  let page = await first
  yield page
  while (typeof page.next_cursor === 'string') {
    page = await read(page.next_cursor)
    yield page
  }
}
