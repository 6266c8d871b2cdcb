import type { Kind, SkillOrder, SkillSummary } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import { claudeFolder } from '../claude-folder.ts'
import { type CommandContext, note, print, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import type { Endpoint } from '../http.ts'
import { deadCsv, skillsCsv } from '../skills/csv.ts'
import { deadLines, deadSkills, placeholderNote } from '../skills/dead.ts'
import { findInstalledSkills, type InstalledSkills } from '../skills/installed.ts'
import { readSkills } from '../skills/read.ts'
import { skillLines } from '../skills/skills-table.ts'
import { printable } from '../text.ts'

interface Options {
  kind?: Kind
  sort: keyof typeof ORDERS
  limit: number
  dead?: boolean
  json?: boolean
  csv?: boolean
  url: string
}

const ORDERS = {
  calls: { order: 'invocation_count', first: 'most called' },
  last: { order: 'last_invoked_at', first: 'most recently used' },
  '24h': { order: 'invocation_count_24h', first: 'most called in the last 24 hours' },
  failed: { order: 'failed_count', first: 'with the most failed calls' },
} as const satisfies Record<string, { order: SkillOrder; first: string }>

const LIMIT_MAX = 10_000
const IMPORT_ADVICE = '`skillwatch import claude-code` imports a history.'

/** Shows one row per skill, or the installed skills that were never called. */
export function skillsCommand(context: CommandContext): Command {
  const command = new Command('skills')
    .description(
      'Show one row for each skill, command, agent and tool, the most called first: its calls, the shares ' +
        'of ended calls that failed or were refused, the median and the 95th percentile of its execution ' +
        'time, and when it was last used. A duration with ≤ includes waiting. A narrow terminal shows ' +
        'fewer columns.',
    )
    .addOption(new Option('--kind <kind>', 'only this kind').choices(KINDS))
    .addOption(
      new Option('--sort <order>', 'what to sort by, the highest first')
        .choices(Object.keys(ORDERS))
        .default('calls'),
    )
    .option('--limit <skills>', 'number of skills', parseLimit, 20)
    .addOption(
      new Option(
        '--dead',
        'show the skills that are installed (for the user, in the project of this folder, by plugins) and ' +
          'were never called',
      ).conflicts(['kind', 'sort', 'limit']),
    )
    .option('--json', 'print the items of the REST answer as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each skill').conflicts('json'))
    .action((options: Options) => (options.dead ? showDead(context, options) : showSkills(context, options)))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch skills', 'the 20 most called'],
    ['skillwatch skills --kind skill --sort failed', 'the skills with the most failed calls'],
    ['skillwatch skills --limit 1000 --csv > skills.csv', 'for a spreadsheet'],
    ['skillwatch skills --dead', 'installed skills without a recorded call'],
  ])
}

async function showSkills(context: CommandContext, options: Options): Promise<void> {
  const { kind, limit, json, csv, url } = options
  const { order, first } = ORDERS[options.sort]
  const gateway = gatewayEndpoint(context, url)
  const { skills, isMore } = await readSkills(gateway, { kind, order, limit }, context.signal)
  if (json) print(context, JSON.stringify(skills, null, 2))
  else if (csv) context.stdout.write(skillsCsv(skills))
  else if (skills.length > 0)
    printLines(context, skillLines(skills, context.nowMs(), widthOf(context), context.paint.stdout))
  if (isMore) note(context, `The list ends after the ${limit} ${first}; --limit shows more.`)
  if (skills.length === 0 && !json)
    note(context, `Nothing${kind ? ` of kind ${kind}` : ''} was recorded yet. ${IMPORT_ADVICE}`)
}

async function showDead(context: CommandContext, { json, csv, url }: Options): Promise<void> {
  const calls = await readCalls(gatewayEndpoint(context, url), context.signal)
  const folder = claudeFolder(context.env)
  const installed = await findInstalledSkills(folder, process.cwd())
  const dead = deadSkills(installed.skills, calls)
  if (json) print(context, JSON.stringify(dead, null, 2))
  else if (csv) context.stdout.write(deadCsv(dead))
  else if (dead.length > 0) printLines(context, deadLines(dead, widthOf(context), context.paint.stdout))
  for (const line of deadNotes(installed, dead.length, calls)) note(context, line)
}

/** What is recorded of all skills and commands. */
async function readCalls(gateway: Endpoint, signal: AbortSignal): Promise<SkillSummary[]> {
  const query = { order: 'invocation_count', limit: Number.POSITIVE_INFINITY } as const
  const lists = await Promise.all(
    (['skill', 'command'] as const).map((kind) => readSkills(gateway, { ...query, kind }, signal)),
  )
  return lists.flatMap(({ skills }) => skills)
}

function deadNotes(
  { skills, unreadable, isCut }: InstalledSkills,
  deadCount: number,
  calls: readonly SkillSummary[],
): string[] {
  const notes = [
    skills.length === 0
      ? 'No skill is installed for the user, in the project of this folder, or by a plugin.'
      : `Never called: ${deadCount} of ${skills.length} installed skills.`,
    calls.length === 0 ? `No call of a skill or command was recorded yet. ${IMPORT_ADVICE}` : undefined,
    placeholderNote(calls),
    ...unreadable.map((folder) => `${printable(folder)} cannot be read; its skills are missing here.`),
    isCut ? 'The plugins have too many folders; some of their skills are missing here.' : undefined,
  ]
  return notes.filter((line) => line !== undefined)
}

function printLines(context: CommandContext, lines: readonly string[]): void {
  for (const line of lines) print(context, line)
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new InvalidArgumentError(`Expected a number of skills from 1 to ${LIMIT_MAX}.`)
  }
  return limit
}
