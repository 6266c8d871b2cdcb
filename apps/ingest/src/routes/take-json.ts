import type { Service } from '@skillwatch/service'
import { readJsonItems, readNdjsonItems } from '../items.ts'

/** Bodies of items, as JSON (one or an array) or NDJSON; the parsed body is a list of `Item`. */
export function takeJsonAndNdjson(app: Service, itemsMax: number): void {
  app.removeAllContentTypeParsers()
  const parseAs = { parseAs: 'buffer' } as const
  app.addContentTypeParser('application/json', parseAs, async (_request: unknown, body: Buffer) =>
    readJsonItems(body, itemsMax),
  )
  const ndjson = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']
  app.addContentTypeParser(ndjson, parseAs, async (_request: unknown, body: Buffer) =>
    readNdjsonItems(body, itemsMax),
  )
}
