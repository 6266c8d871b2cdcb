import type { Observation } from '@skillwatch/schema'
import { openReader, type Page, type Reader } from '../../src/index.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

/** A reader on a database that holds these observations. */
export async function recorded(
  observations: readonly Observation[],
  nowMs = NOW_MS,
): Promise<
  { reader: Reader; record(more: readonly Observation[], projectId?: number): Promise<void> } & Disposable
> {
  const database = openTestDatabase()
  const write = createRecord(database.writer)
  const record = async (more: readonly Observation[], projectId = PROJECT) => {
    await write([{ projectId, observations: more.map((observation) => parsed(observation, nowMs)) }], nowMs)
  }
  await record(observations)
  const reader = openReader(database.url)
  return {
    reader,
    record,
    [Symbol.dispose]() {
      reader.close()
      database[Symbol.dispose]()
    },
  }
}

/** All items of a list, page by page. */
export function allPages<T>(read: (cursor: string | undefined) => Page<T>): T[] {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = read(cursor)
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return items
}
