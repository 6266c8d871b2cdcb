import { DEPENDENCY_UNITS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type AnalyseDependenciesOptions, analyseDependencies } from '../analyse/dependencies.ts'
import { DEFAULT_SINCE } from '../analyse/window.ts'
import type { CommandContext } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { parseInstantOption } from '../instant.ts'

/** Computes what is used together, and has ingest store it. */
export function analyseDependenciesCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('dependencies')
    .summary('compute and store what is used together, and what follows what')
    .description(
      'Compute which skills, commands, agents and MCP tools are used together and what follows what, in ' +
        'sessions and in turns, and store it: ingest must run. It replaces what was computed before. Where ' +
        'API keys are used, it needs one with scope findings.',
    )
    .option(
      '--since <instant>',
      'sessions that were last active, and turns that began, from here on: an age such as 90d, a day (its ' +
        `start in UTC), or a date-time (default: ${DEFAULT_SINCE} before --until)`,
      instant,
    )
    .option('--until <instant>', 'end of the window, given likewise (default: now)', instant)
    .addOption(
      new Option('--unit <unit...>', 'only within these')
        .choices(DEPENDENCY_UNITS)
        .default(DEPENDENCY_UNITS, 'both'),
    )
    .option('--json', 'print what was counted and stored as JSON')
    .addOption(databaseUrlOption(context))
    .addOption(ingestUrlOption(context))
    .action((options: AnalyseDependenciesOptions) => analyseDependencies(context, options))
  return examples(command, [
    ['skillwatch analyse dependencies', 'the last 90 days'],
    ['skillwatch analyse dependencies --since 365d --unit turn', 'turns of a year'],
    ['skillwatch deps', 'shows what was computed'],
  ])
}
