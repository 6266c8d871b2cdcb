import type { RecommendationReply } from '@skillwatch/schema'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { recommendationsCsv } from '../similar/csv.ts'
import { recommendationLines } from '../similar/tables.ts'

interface Options {
  readonly user?: string
  readonly phase?: string
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

/** Shows which skills to try. */
export function recommendCommand(context: CommandContext): Command {
  const command = new Command('recommend')
    .description(
      'Show which skills to try, each with the reason: for words of a query, for a person, or for a phase of a ' +
        'workflow. For a person it is what persons with the same skills also use, without what the person ' +
        'already uses well. Where too little is known, and without any of the three, it is what most persons ' +
        'use with success, and a note says so. Scores of one answer can be compared, those of two cannot.',
    )
    .argument('[query]', 'what is to be done, in words that may be in names')
    .option('--user <id>', 'the person, as calls report the user id')
    .option('--phase <phase>', 'the phase of a workflow, such as execution')
    .option('--limit <skills>', 'skills at most', parseLimit, 5)
    .option('--json', 'print the answer as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each skill').conflicts('json'))
    .action((query: string | undefined, options: Options) => recommend(context, query, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch recommend "fill a pdf form"', 'for a query'],
    ['skillwatch recommend --user u-17', 'for a person'],
    ['skillwatch recommend --phase verification --limit 10', 'for a phase'],
    ['skillwatch recommend', 'what most persons use with success'],
  ])
}

async function recommend(
  context: CommandContext,
  query: string | undefined,
  { user, phase, limit, json, csv, url }: Options,
): Promise<void> {
  const asked = Object.entries({ query, user_id: user, workflow_phase: phase }).filter(
    (each): each is [string, string] => each[1] !== undefined,
  )
  if (asked.length > 1)
    throw new CliError('give a query, --user or --phase, and only one of them.', { exitCode: 2 })
  const parameters = new URLSearchParams([...asked, ['limit', String(limit)]])
  const gateway = gatewayEndpoint(context, url)
  const { signal } = context
  const reply = await demand<RecommendationReply>(gateway, `/v1/recommendations?${parameters}`, { signal })
  if (json) return print(context, JSON.stringify(reply, null, 2))
  if (csv) context.stdout.write(recommendationsCsv(reply.items))
  else printLines(context, recommendationLines(reply.items, widthOf(context), context.paint.stdout))
  if (reply.items.length === 0) note(context, 'There is nothing to recommend.')
  note(context, reply.reason)
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit
  throw new InvalidArgumentError('Expected a number of skills from 1 to 100.')
}
