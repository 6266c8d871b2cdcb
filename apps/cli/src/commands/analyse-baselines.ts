import { Command } from 'commander'
import { type AnalyseBaselinesOptions, analyseBaselines } from '../analyse/baselines.ts'
import { DEFAULT_SINCE } from '../analyse/window.ts'
import type { CommandContext } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { parseInstantOption } from '../instant.ts'

/** Computes what is usual over all persons, and has ingest store it. */
export function analyseBaselinesCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('baselines')
    .summary('compute and store what is usual for each skill over all persons')
    .description(
      'Compute what is usual for each skill over all persons of the project, without showing what one ' +
        'person did, and store it: ingest must run. It replaces what was computed before. A skill needs 5 ' +
        'persons with 5 calls each. Where API keys are used, it needs one with scope findings.',
    )
    .option(
      '--since <instant>',
      'calls that began from here on: an age such as 90d, a day (its start in UTC), or a date-time ' +
        `(default: ${DEFAULT_SINCE} before --until)`,
      instant,
    )
    .option('--until <instant>', 'end of the window, given likewise (default: now)', instant)
    .option('--json', 'print what was computed and stored as JSON')
    .addOption(databaseUrlOption(context))
    .addOption(ingestUrlOption(context))
    .action((options: AnalyseBaselinesOptions) => analyseBaselines(context, options))
  return examples(command, [
    ['skillwatch analyse baselines', 'the last 90 days'],
    ['skillwatch analyse baselines --since 365d', 'a year'],
    ['skillwatch baselines', 'shows what was computed'],
  ])
}
