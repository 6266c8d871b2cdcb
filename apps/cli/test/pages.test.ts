import { expect, test } from 'vitest'
import { readPages } from '../src/pages.ts'
import { startHttpDouble } from './http-double.ts'

interface Item {
  readonly id: number
}

const { signal } = new AbortController()

function keyOf({ id }: Item): string {
  return String(id)
}

/** A gateway with a list of 2,500 items. */
function startGateway() {
  return startHttpDouble(({ path }) => {
    const { searchParams } = new URL(path, 'http://localhost')
    const start = Number(searchParams.get('cursor') ?? 0)
    const end = Math.min(2_500, start + Number(searchParams.get('limit')))
    const items = Array.from({ length: end - start }, (_, index) => ({ id: start + index }))
    return { body: { items, next_cursor: end < 2_500 ? String(end) : null } }
  })
}

function endpoint(url: string) {
  return { name: 'ws-gateway', url, apiKey: undefined, option: '--url', port: 8765 }
}

test('a list is read to its end, with the query on every page', async () => {
  await using gateway = await startGateway()
  const { items, isMore } = await readPages(
    endpoint(gateway.url),
    { path: '/v1/uses', keyOf, query: { kind: 'skill' } },
    signal,
  )
  expect({ ids: items.length, last: items.at(-1), isMore }).toEqual({
    ids: 2_500,
    last: { id: 2_499 },
    isMore: false,
  })
  expect(gateway.requests.map(({ path }) => path)).toEqual([
    '/v1/uses?kind=skill&limit=1000',
    '/v1/uses?kind=skill&limit=1000&cursor=1000',
    '/v1/uses?kind=skill&limit=1000&cursor=2000',
  ])
})

test('an item that is on two pages is listed once', async () => {
  const pages = [
    { items: [{ id: 1 }, { id: 2 }], next_cursor: 'next' },
    { items: [{ id: 2 }, { id: 3 }], next_cursor: null },
  ]
  await using gateway = await startHttpDouble((_, index) => ({ body: pages[index] }))
  const { items } = await readPages(endpoint(gateway.url), { path: '/v1/uses', keyOf }, signal)
  expect(items).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
})

test('no more items are read than wanted, and it is known that there are more', async () => {
  await using gateway = await startGateway()
  const { items, isMore } = await readPages(
    endpoint(gateway.url),
    { path: '/v1/uses', keyOf, limit: 1_200 },
    signal,
  )
  expect({ ids: items.length, isMore, requests: gateway.requests.length }).toEqual({
    ids: 1_200,
    isMore: true,
    requests: 2,
  })
})

test('a list is read up to the item that ends it', async () => {
  await using gateway = await startGateway()
  const isEnd = ({ id }: Item) => id >= 1_001
  const { items, isMore } = await readPages(
    endpoint(gateway.url),
    { path: '/v1/sessions', keyOf, isEnd },
    signal,
  )
  expect({ last: items.at(-1), isMore, requests: gateway.requests.length }).toEqual({
    last: { id: 1_000 },
    isMore: false,
    requests: 2,
  })
})
