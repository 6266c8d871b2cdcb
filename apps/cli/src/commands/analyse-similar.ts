import { Command } from 'commander'
import { type AnalyseSimilarOptions, analyseSimilar } from '../analyse/similar.ts'
import { DEFAULT_SINCE } from '../analyse/window.ts'
import type { CommandContext } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { parseInstantOption } from '../instant.ts'

/** Computes which skills are similar, and has ingest store it. */
export function analyseSimilarCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('similar')
    .summary('compute and store which skills are similar, their clusters, and what persons also use')
    .description(
      'Compute which skills, commands, agents and MCP tools are similar, the clusters that they form, and what ' +
        'persons who use one also use, and store it: ingest must run. It replaces what was computed before. ' +
        'Where API keys are used, it needs one with scope findings.',
    )
    .option(
      '--since <instant>',
      'sessions that were last active, and calls that began, from here on: an age such as 90d, a day (its ' +
        `start in UTC), or a date-time (default: ${DEFAULT_SINCE} before --until)`,
      instant,
    )
    .option('--until <instant>', 'end of the window, given likewise (default: now)', instant)
    .option('--json', 'print what was computed and stored as JSON')
    .addOption(databaseUrlOption(context))
    .addOption(ingestUrlOption(context))
    .action((options: AnalyseSimilarOptions) => analyseSimilar(context, options))
  return examples(command, [
    ['skillwatch analyse similar', 'the last 90 days'],
    ['skillwatch analyse similar --since 365d', 'a year'],
    ['skillwatch clusters', 'shows the clusters'],
  ])
}
