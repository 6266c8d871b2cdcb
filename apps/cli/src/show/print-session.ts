import { type CommandContext, print, printLines, widthOf } from '../context.ts'
import type { Endpoint } from '../http.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { readTurns, readUses } from '../uses/read.ts'
import { turnBlocks } from './blocks.ts'
import { headLines } from './head.ts'
import { readInvocations, readSession } from './read.ts'
import { timelineLines } from './timeline.ts'
import { callTree } from './tree.ts'

export interface SessionOptions {
  readonly full?: boolean
  readonly json?: boolean
  readonly timeZone?: string
}

/** Prints one session: its numbers, and its calls beneath their turns. */
export async function printSession(
  context: CommandContext,
  gateway: Endpoint,
  id: string,
  options: SessionOptions,
): Promise<void> {
  const { signal, paint } = context
  const [session, invocations, turns, { uses }] = await Promise.all([
    readSession(gateway, id, signal),
    readInvocations(gateway, id, signal),
    readTurns(gateway, id, signal),
    readUses(gateway, { session_id: id }, signal),
  ])
  if (options.json) return print(context, JSON.stringify({ session, turns, uses, invocations }, null, 2))
  const width = widthOf(context)
  const timeZone = options.timeZone ?? machineTimeZone()
  const view = {
    isFull: options.full ?? false,
    width,
    timeZone,
    uses: new Map(uses.map((use) => [use.use_id, use])),
  }
  const blocks = turnBlocks(callTree(invocations), turns)
  printLines(context, [
    ...headLines(session, { width, timeZone }, paint.stdout),
    '',
    ...timelineLines(blocks, view, paint.stdout),
  ])
}
