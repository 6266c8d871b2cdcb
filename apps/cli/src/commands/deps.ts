import { DEPENDENCY_UNITS, KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { type DepsOptions, parseLift, parseRowLimit } from '../dependencies/options.ts'
import { printDependencies } from '../dependencies/print.ts'
import { addGatewayUrl, examples } from '../help.ts'

/** Shows what is used together with a skill, what follows it and what comes before it. */
export function depsCommand(context: CommandContext): Command {
  const command = new Command('deps')
    .description(
      'Show what is used together with a skill, what is called next after it, and what is called before it, ' +
        'among skills, commands, agents and MCP tools; without a skill, the strongest of all. LIFT is how ' +
        'many times more often two are together than if they had nothing to do with each other. SHARE is ' +
        'the part of the sessions with the skill that also have the other one; of what is called next or ' +
        'before, the part of all calls next to it. GAP is the time from the end of a call to the start of ' +
        'the next. `skillwatch analyse dependencies` computes all of it.',
    )
    .argument('[skill]', 'its exact name')
    .addOption(
      new Option('--unit <unit>', 'within what they are counted')
        .choices(DEPENDENCY_UNITS)
        .default('session'),
    )
    .addOption(new Option('--kind <kind>', 'the kind of the skill, if several have its name').choices(KINDS))
    .option('--min-lift <lift>', 'only those with at least this lift, such as 1.5', parseLift)
    .option('--limit <rows>', 'rows of each table', parseRowLimit, 20)
    .option('--json', 'print JSON with all numbers')
    .addOption(new Option('--csv', 'print CSV with one line for each row').conflicts('json'))
    .action((skill: string | undefined, options: DepsOptions) => printDependencies(context, skill, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch deps', 'the strongest pairs and transitions'],
    ['skillwatch deps pdf-fill', 'what is used with one skill'],
    ['skillwatch deps release --kind command --unit turn', 'within single prompts'],
    ['skillwatch deps --min-lift 2 --limit 1000 --csv > deps.csv', 'for a spreadsheet'],
  ])
}
