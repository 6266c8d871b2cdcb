import type { StreamEvent } from '@skillwatch/client'
import { type CommandContext, note } from '../context.ts'
import { CliError } from '../errors.ts'
import { type Endpoint, noAnswer, wrongService } from '../http.ts'

type Events<Item> = AsyncIterable<StreamEvent<Item>>

/** The same events. @throws {CliError} when the connection is lost, also after it was made */
export async function* untilLost<Item>(
  events: Events<Item>,
  endpoint: Endpoint,
): AsyncGenerator<StreamEvent<Item>> {
  for await (const event of events) {
    if (event.type === 'disconnected') throw await connectionError(endpoint)
    yield event
  }
}

/**
 * The same events, with a line on stderr when the connection is lost and when it is back.
 * @throws {CliError} when the first connection cannot be made
 */
export async function* reported<Item>(
  events: Events<Item>,
  context: CommandContext,
  endpoint: Endpoint,
): AsyncGenerator<StreamEvent<Item>> {
  let state: 'new' | 'connected' | 'lost' = 'new'
  const warn = (text: string) => note(context, context.paint.stderr('yellow', text))
  for await (const event of events) {
    if (event.type === 'disconnected') {
      if (state === 'new') throw await connectionError(endpoint)
      if (state === 'connected')
        warn(`The connection to ws-gateway is lost (${event.reason}); trying to connect again.`)
      state = 'lost'
    }
    if (event.type === 'subscribed') {
      if (!event.recovered) warn('The change log was replaced: some changes may be missing here.')
      else if (state === 'lost') warn('Connected again; no change is missing.')
      else if (context.isTty) note(context, context.paint.stderr('dim', following(endpoint)))
      state = 'connected'
    }
    yield event
  }
}

async function connectionError(endpoint: Endpoint): Promise<CliError> {
  return new CliError((await wrongService(endpoint)) ?? noAnswer(endpoint))
}

function following({ url }: Endpoint): string {
  return `Following ${url}; Ctrl-C stops it.`
}
