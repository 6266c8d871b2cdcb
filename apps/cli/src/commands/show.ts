import { Command } from 'commander'
import { type CommandContext, print, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { readUsageOf } from '../sessions/read.ts'
import { resolveSession } from '../sessions/resolve-session.ts'
import { headLines } from '../show/head.ts'
import { readInvocations, readSession } from '../show/read.ts'
import { timelineLines } from '../show/timeline.ts'
import { callTree } from '../show/tree.ts'

interface Options {
  full?: boolean
  json?: boolean
  url: string
}

/** Shows one session in numbers and its calls as a tree. */
export function showCommand(context: CommandContext): Command {
  const command = new Command('show')
    .description(
      'Show one session: its calls by outcome, its tokens, its cost, its most used skills and tools, and ' +
        'all its calls in the order of time, each beneath the call that made it. More than 3 equal calls ' +
        'in a row are one line with their number and the sum of their durations. A duration with ≤ ' +
        'includes waiting.',
    )
    .argument('<session>', 'id of the session; its beginning is enough')
    .option('--full', 'show each call in a line of its own')
    .option('--json', 'print one JSON object: session, usage and invocations')
    .action((session: string, options: Options) => showSession(context, session, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch show 3f2a', 'the session whose id begins with 3f2a'],
    ['skillwatch show 3f2a --full', 'without folded lines'],
    [
      'skillwatch show 3f2a --json | jq \'.invocations[] | select(.outcome == "failed")\'',
      'its failed calls',
    ],
  ])
}

async function showSession(context: CommandContext, text: string, options: Options): Promise<void> {
  const { signal, paint } = context
  const gateway = gatewayEndpoint(context, options.url)
  const id = await resolveSession(gateway, text, signal)
  const [session, usage, invocations] = await Promise.all([
    readSession(gateway, id, signal),
    readUsageOf(gateway, id, signal),
    readInvocations(gateway, id, signal),
  ])
  if (options.json) return print(context, JSON.stringify({ session, usage, invocations }, null, 2))
  const width = widthOf(context)
  const view = { isFull: options.full ?? false, width }
  const head = headLines(session, usage, width, paint.stdout)
  const timeline = timelineLines(callTree(invocations), view, paint.stdout)
  for (const line of [...head, '', ...timeline]) print(context, line)
}
