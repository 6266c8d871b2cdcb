import type { SkillOrder } from '@skillwatch/schema'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import type { Endpoint } from '../http.ts'
import { skillsCsv } from './csv.ts'
import { IMPORT_ADVICE, type SkillsOptions } from './options.ts'
import { readSkills } from './read.ts'
import { skillLines } from './skills-table.ts'
import type { Sort } from './sort.ts'

const ORDERS: Partial<Record<Sort, { order: SkillOrder; first: string }>> = {
  calls: { order: 'invocation_count', first: 'most called' },
  failures: { order: 'failed_count', first: 'with the most failed calls' },
  last: { order: 'last_invoked_at', first: 'most recently used' },
}

/**
 * Prints tools with all their calls: tools have no uses.
 * @throws {CliError} (usage) for what only uses have
 */
export async function printCalls(
  context: CommandContext,
  gateway: Endpoint,
  options: SkillsOptions,
): Promise<void> {
  const { kind, limit, json, csv } = options
  const { order, first } = orderOf(options)
  const { skills, isMore } = await readSkills(gateway, { kind, order, limit }, context.signal)
  if (json) print(context, JSON.stringify(skills, null, 2))
  else if (csv) context.stdout.write(skillsCsv(skills))
  else if (skills.length > 0)
    printLines(context, skillLines(skills, context.nowMs(), widthOf(context), context.paint.stdout))
  if (isMore) note(context, `The list ends after the ${limit} ${first}; --limit shows more.`)
  if (skills.length === 0 && !json)
    note(context, `Nothing of kind ${kind} was recorded yet. ${IMPORT_ADVICE}`)
}

function orderOf({ kind, sort = 'calls', ...options }: SkillsOptions) {
  const names = { since: '--since', until: '--until', timeZone: '--time-zone', by: '--by' } as const
  const wrong = Object.entries(names).find(([name]) => options[name as keyof typeof names] !== undefined)
  const order = ORDERS[sort]
  if (wrong === undefined && order !== undefined) return order
  throw new CliError(
    `${wrong?.[1] ?? `--sort ${sort}`} is for skills, commands and agents: of kind ${kind} all calls are ` +
      `shown, and --sort is ${Object.keys(ORDERS).join(', ')}.`,
    { exitCode: 2 },
  )
}
