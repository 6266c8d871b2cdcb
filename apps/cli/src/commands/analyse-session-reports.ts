import { Command } from 'commander'
import {
  analysePredictions,
  analyseWorkflow,
  type SessionReportOptions,
} from '../analyse/session-reports.ts'
import { DEFAULT_SINCE } from '../analyse/window.ts'
import type { CommandContext } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { parseInstantOption } from '../instant.ts'
import { parseTimeZone } from '../usage/time-zone.ts'

/** Trains and judges a model for each skill, and has ingest store them. */
export function analysePredictionsCommand(context: CommandContext): Command {
  const command = new Command('predictions')
    .summary('train and judge a model for each skill, and store it')
    .description(
      'Train a model for each skill on earlier calls, judge it on later calls of other sessions, and ' +
        'store both: ' +
        'ingest must run. It replaces what was computed before. A skill needs 200 calls with 50 of the ' +
        'rarer outcome. Where API keys are used, it needs one with scope findings.',
    )
    .action((options: SessionReportOptions) => analysePredictions(context, options))
  return examples(addOptions(command, context), [
    ['skillwatch analyse predictions', 'the last 90 days'],
    ['skillwatch analyse predictions --since 365d', 'a year'],
    ['skillwatch predict pdf-fill', 'shows one of them'],
  ])
}

/** Computes what the phases of work took, and has ingest store it. */
export function analyseWorkflowCommand(context: CommandContext): Command {
  const command = new Command('workflow')
    .summary('compute and store what the phases of work took')
    .description(
      'Compute what the phases of work took and which followed which, and store it: ingest must run. It ' +
        'replaces ' +
        'what was computed before. Phases of fewer than 5 sessions are counted, not named. Where API keys ' +
        'are used, it needs one with scope findings.',
    )
    .action((options: SessionReportOptions) => analyseWorkflow(context, options))
  return examples(addOptions(command, context), [
    ['skillwatch analyse workflow', 'the last 90 days'],
    ['skillwatch analyse workflow --since 7d', 'the last week'],
    ['skillwatch workflow', 'shows what was computed'],
  ])
}

function addOptions(command: Command, context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  return command
    .option(
      '--since <instant>',
      'calls that began from here on: an age such as 90d, a day (its start in UTC), or a date-time ' +
        `(default: ${DEFAULT_SINCE} before --until)`,
      instant,
    )
    .option('--until <instant>', 'end of the window, given likewise (default: now)', instant)
    .option(
      '--time-zone <name>',
      'time zone of hours and weekdays, such as Europe/Berlin (default: that of this machine)',
      parseTimeZone,
    )
    .option('--json', 'print what was computed and stored as JSON')
    .addOption(databaseUrlOption(context))
    .addOption(ingestUrlOption(context))
}
