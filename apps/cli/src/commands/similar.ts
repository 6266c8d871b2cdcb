import type { Kind, SimilarityRun, SimilarSkill } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { parseRowLimit } from '../dependencies/options.ts'
import { demandRecorded } from '../dependencies/recorded.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { similarCsv } from '../similar/csv.ts'
import { NEVER_COMPUTED, runText } from '../similar/notes.ts'
import { similarLines } from '../similar/tables.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly kind?: Kind
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

interface Answer {
  readonly run: SimilarityRun | null
  readonly items: readonly SimilarSkill[]
}

/** Shows which skills are similar to one. */
export function similarCommand(context: CommandContext): Command {
  const command = new Command('similar')
    .description(
      'Show which skills, commands, agents and MCP tools are similar to one. CO-USE is high when both are ' +
        'used in sessions with the same other skills, TEXT when names and descriptions have the same words, ' +
        'and SCORE when either is. BOTH counts sessions with both, OF those with the skill, OF ITS those with ' +
        'the similar one. The analyst computes them once a day, `skillwatch analyse similar` at once.',
    )
    .argument('<skill>', 'its exact name')
    .addOption(new Option('--kind <kind>', 'the kind of the skill, if several have its name').choices(KINDS))
    .option('--limit <rows>', 'skills at most', parseRowLimit, 10)
    .option('--json', 'print JSON with all numbers and reasons')
    .addOption(new Option('--csv', 'print CSV with one line for each skill').conflicts('json'))
    .action((skill: string, options: Options) => showSimilar(context, skill, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch similar pdf-fill', 'the ten most similar skills'],
    ['skillwatch similar review --kind command', 'if several have this name'],
    ["skillwatch similar pdf-fill --json | jq '.items[].reason'", 'why'],
  ])
}

async function showSimilar(
  context: CommandContext,
  skill: string,
  { kind, limit, json, csv, url }: Options,
): Promise<void> {
  const { signal } = context
  const gateway = gatewayEndpoint(context, url)
  const query = new URLSearchParams({ skill_name: skill, limit: String(Math.min(100, limit)) })
  if (kind !== undefined) query.set('kind', kind)
  const answer = await demand<Answer>(gateway, `/v1/similar?${query}`, { signal })
  const { run, items } = answer
  if (items.length === 0) await demandRecorded(gateway, { skill_name: skill, kind }, signal)
  if (json) return print(context, JSON.stringify(answer, null, 2))
  if (csv) context.stdout.write(similarCsv(items))
  else if (items.length > 0) printLines(context, similarLines(items, widthOf(context), context.paint.stdout))
  if (run === null) return note(context, NEVER_COMPUTED)
  if (items.length === 0) note(context, `No skill is similar to ${quoted(skill)}: no score is 0.1 or more.`)
  note(context, runText(run, machineTimeZone()))
}
