import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import type { SkillsOptions } from '../skills/options.ts'
import { printCalls } from '../skills/print-calls.ts'
import { printDead } from '../skills/print-dead.ts'
import { printUses } from '../skills/print-uses.ts'
import { BREAKDOWNS } from '../skills/rows.ts'
import { ORDERS } from '../skills/sort.ts'
import { parseTimeZone } from '../usage/time-zone.ts'
import { windowOptions } from '../uses/window.ts'
import { skillsScanCommand } from './skills-scan.ts'

const LIMIT_MAX = 10_000

/** Shows what the uses of each skill caused, or the installed skills that were never used. */
export function skillsCommand(context: CommandContext): Command {
  const command = new Command('skills')
    .description(
      'Show one row for each skill, command and agent, the most used first: its uses, and what followed ' +
        'from them until another skill began or the turn ended, with the uses nested in them. These are ' +
        'the calls, the share of calls that failed (of 5 calls or more), the time from the start of each ' +
        'use to the end of its work, the tokens of all four sorts, and their cost. TREND compares with ' +
        'the equally long time before: in percent, or as a difference where there are fewer than 5 uses. ' +
        'What a nested use caused is in the rows of all uses around it, so rows do not add up. A narrow ' +
        'terminal shows fewer columns.',
    )
    .addOption(
      new Option(
        '--kind <kind>',
        'only this kind (default: skill, command and agent); of mcp and tool all calls are shown',
      ).choices(KINDS),
    )
  for (const option of windowOptions(context)) command.addOption(option)
  addViewOptions(command)
    .addOption(
      new Option(
        '--dead',
        'show the skills that are installed (for the user, in the project of this folder, by plugins) and ' +
          'were never used',
      ).conflicts(['kind', 'since', 'until', 'by', 'sort', 'limit', 'timeZone']),
    )
    .option('--json', 'print JSON with all numbers')
    .addOption(new Option('--csv', 'print CSV with one line for each row and all numbers').conflicts('json'))
    .action((options: SkillsOptions) => showSkills(context, options))
    .enablePositionalOptions()
    .addCommand(skillsScanCommand(context))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch skills', 'the 20 most used of the last 30 days'],
    ['skillwatch skills --since 7d --sort cost', 'the most expensive of the last seven days'],
    ['skillwatch skills --kind skill --by repository', 'which skills are used where'],
    ['skillwatch skills --limit 1000 --csv > skills.csv', 'for a spreadsheet'],
    ['skillwatch skills --kind mcp --sort failures', 'tools of MCP servers by failed calls'],
    ['skillwatch skills --dead', 'installed skills that were never used'],
    ['skillwatch skills scan', 'for `skillwatch hygiene`'],
  ])
}

function addViewOptions(command: Command): Command {
  return command
    .addOption(new Option('--by <group>', 'a row for each skill and group').choices(BREAKDOWNS))
    .addOption(
      new Option(
        '--sort <order>',
        'what to sort by, the highest first (default: uses; last with --by day; calls of mcp and tool)',
      ).choices(Object.keys(ORDERS)),
    )
    .option('--limit <rows>', 'number of rows', parseLimit, 20)
    .option(
      '--time-zone <name>',
      'time zone of days, such as Europe/Berlin (default: that of this machine)',
      parseTimeZone,
    )
}

async function showSkills(context: CommandContext, options: SkillsOptions): Promise<void> {
  const { dead, kind, url } = options
  const gateway = gatewayEndpoint(context, url)
  if (dead) return printDead(context, gateway, options)
  const hasUses = kind !== 'mcp' && kind !== 'tool'
  return hasUses ? printUses(context, gateway, options) : printCalls(context, gateway, options)
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new InvalidArgumentError(`Expected a number of rows from 1 to ${LIMIT_MAX}.`)
  }
  return limit
}
