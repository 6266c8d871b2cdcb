import { deadlineOf } from '../shared/deadline.ts'
import type { Gateway } from './gateway.ts'
import { get, toQuery } from './get.ts'
import { type Pages, pagesFrom } from './pages.ts'
import type { ListQuery, ReadOptions } from './queries.ts'
import { ReadError } from './read-error.ts'

export interface RequestsOptions extends Gateway {
  /** How long each request may take, in milliseconds. */
  readonly timeoutMs: number
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal
}

/** What reads are made of. A request that fails rejects; nothing throws before. */
export interface Requests {
  /** Ends `start` at the timeout, and when the client is closed or the signal of the caller aborts. */
  read<T>(signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** The read of one answer, by a query. */
  answerAt<T>(path: string): (query?: ReadOptions) => Promise<T>
  /** The read of one item of a list, by its name. */
  itemAt<T>(path: string): (name: string, options?: ReadOptions) => Promise<T>
  /** The read of a list in pages, by a query. */
  listAt<Item, More>(path: string): (query?: ListQuery) => Pages<Item, More>
}

export function createRequests({ closed, timeoutMs, ...gateway }: RequestsOptions): Requests {
  const read: Requests['read'] = async (signal, start) => {
    using deadline = deadlineOf([closed, signal], timeoutMs)
    try {
      return await start(deadline.signal)
    } catch (cause) {
      signal?.throwIfAborted()
      throw closed.aborted ? new ReadError('the client is closed', { cause }) : cause
    }
  }
  const getAt = <T>(path: () => string, signal: AbortSignal | undefined): Promise<T> =>
    read(signal, (each) => get(gateway, path(), each))
  return {
    read,
    answerAt:
      (path) =>
      ({ signal, ...query } = {}) =>
        getAt(() => path + toQuery(query), signal),
    itemAt:
      (path) =>
      (name, { signal } = {}) =>
        getAt(() => `${path}/${encodeURIComponent(name)}`, signal),
    listAt:
      (path) =>
      ({ signal, ...query } = {}) =>
        pagesFrom((cursor = query.cursor) => getAt(() => path + toQuery({ ...query, cursor }), signal)),
  }
}
