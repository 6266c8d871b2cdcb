import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { analyse } from '../analyse/analyse.ts'
import { type AnalyseOptions, DEFAULT_FROM, parseEvery } from '../analyse/options.ts'
import type { CommandContext } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples } from '../help.ts'
import { parseInstantOption } from '../instant.ts'
import { parseTimeZone } from '../usage/time-zone.ts'
import { analyseBaselinesCommand } from './analyse-baselines.ts'
import { analyseDependenciesCommand } from './analyse-dependencies.ts'
import { analysePredictionsCommand, analyseWorkflowCommand } from './analyse-session-reports.ts'
import { analyseSimilarCommand } from './analyse-similar.ts'

/** Finds when skills differed from what they usually do. */
export function analyseCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('analyse')
    .description(
      'Find when skills differed from what they usually do: fewer completed calls, other durations, more ' +
        'or fewer calls, other calls after them, silence. Detection runs over the past as it would have ' +
        'run then: a call is known from its own end on, and a run reads nothing later. Each run tests the ' +
        '1, 2, 4 and 8 hours before it against up to 28 days before these. It only reads the database, ' +
        'from one snapshot, so ingest may run meanwhile. Findings are shown from the newest to the ' +
        'oldest; docs/ANALYTICS.md explains their numbers.',
    )
    .option(
      '--from <instant>',
      'the first run, to the hour: an age such as 30d, a day (its start in UTC), or a date-time ' +
        `(default: ${DEFAULT_FROM} before --to)`,
      instant,
    )
    .option('--to <instant>', 'no run after this instant, given likewise (default: now)', instant)
    .addOption(
      new Option('--every <hours>', 'the time between two runs')
        .argParser(parseEvery)
        .default(3_600_000, '1h'),
    )
  // So that options after the name of a subcommand are its own.
  command
    .enablePositionalOptions()
    .addCommand(analyseDependenciesCommand(context))
    .addCommand(analyseBaselinesCommand(context))
    .addCommand(analyseSimilarCommand(context))
    .addCommand(analysePredictionsCommand(context))
    .addCommand(analyseWorkflowCommand(context))
  return examples(addViewOptions(command, context), [
    ['skillwatch analyse', 'the last seven days'],
    ['skillwatch analyse --from 2026-10-01 --to 2026-11-01', 'a month of the past'],
    ['skillwatch analyse --skill pdf-fill', 'one skill, and what it lacks to be tested'],
    ['skillwatch analyse --kind skill --kind agent --every 4h', 'two kinds, with fewer runs'],
    ["skillwatch analyse --json | jq '.findings[].explanation'", 'for scripts'],
  ])
}

function addViewOptions(command: Command, context: CommandContext): Command {
  return command
    .addOption(new Option('--kind <kind...>', 'show only this kind').choices(KINDS))
    .option('--skill <name>', 'show only this skill, command, agent or tool')
    .option(
      '--time-zone <name>',
      'time zone of the hours of the week that are alike, such as Europe/Berlin (default: that of this ' +
        'machine)',
      parseTimeZone,
    )
    .option('--json', 'print findings and coverage as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each finding').conflicts('json'))
    .addOption(databaseUrlOption(context))
    .action((options: AnalyseOptions) => analyse(context, options))
}
