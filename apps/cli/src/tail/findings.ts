import { streamChanges } from '@skillwatch/client'
import type { FindingChange, Kind } from '@skillwatch/schema'
import { type CommandContext, note } from '../context.ts'
import type { Endpoint } from '../http.ts'
import { reported, untilLost } from './connection.ts'
import { changedAt, createFindingLines } from './finding-lines.ts'
import { printStream, renderJson } from './print-stream.ts'

/** The options of `skillwatch tail` that apply to findings. */
interface FindingsOptions {
  readonly skill?: readonly string[]
  readonly kind?: readonly Kind[]
  readonly from?: 'now' | 'start'
  readonly since?: string
  readonly follow: boolean
  readonly json?: boolean
}

/** Shows findings as they are opened, revised and resolved. */
export async function tailFindings(
  context: CommandContext,
  endpoint: Endpoint,
  options: FindingsOptions,
): Promise<void> {
  const { follow, json, skill, kind, since } = options
  const { url, apiKey, project } = endpoint
  const stream = streamChanges({
    ...{ url, apiKey, project, signal: context.signal, entities: ['finding'] as const },
    filter: { ...(skill && { skill_name: [...skill] }), ...(kind && { kind: [...kind] }) },
    from: options.from ?? (follow && since === undefined ? 'now' : 'start'),
  })
  const events = follow ? reported(stream, context, endpoint) : untilLost(stream, endpoint)
  const render = json ? renderJson : createFindingLines(context)
  const isShown = isSince(since)
  const isEmpty = await printStream(context, events, {
    render: (items) => render(items.filter(isShown)),
    follow,
  })
  if (isEmpty && !follow)
    note(context, 'No stored finding matches. `skillwatch findings --state all` shows all.')
}

/** A deletion has no instant. */
function isSince(since: string | undefined): (change: FindingChange) => boolean {
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  return (change) => change.op === 'delete' || Date.parse(changedAt(change.finding)) >= sinceMs
}
