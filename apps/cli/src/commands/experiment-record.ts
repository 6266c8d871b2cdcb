import type { Assignment, Experiment, RecordReply } from '@skillwatch/schema'
import { experimentGroup } from '@skillwatch/schema/experiment-group'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { Command } from 'commander'
import { type CommandContext, note, print, printLines } from '../context.ts'
import { experimentPath, numberBetween } from '../experiment/options.ts'
import { examples, gatewayEndpoint, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { printable, table } from '../text.ts'

interface AssignOptions {
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly url: string
}

type ShownAssignment = Pick<Assignment, 'group_name' | 'strategy'> & { readonly user_id: string }

/** Assigns users, or shows the groups that they would get. */
export function assignUsersCommand(context: CommandContext): Command {
  const command = new Command('assign')
    .summary('assign users to a group')
    .description(
      'Assign users to a group of an experiment, and print it. The group follows from the names of the ' +
        'experiment and of the user, and the first assignment stays. Only a keyed hash of the user is stored.',
    )
    .argument('<experiment>', 'its name')
    .argument('<users...>', 'ids of users, as outcomes will name them')
    .option('--dry-run', 'store nothing: read the experiment, and compute the groups here')
    .option('--json', 'print JSON')
    .addOption(ingestUrlOption(context))
    .action((name: string, users: string[], options: AssignOptions) => assign(context, name, users, options))
  return examples(command, [
    ['skillwatch experiment assign prompts ada', 'the group of one user'],
    ['skillwatch experiment assign prompts ada bob --dry-run', 'what they would get'],
  ])
}

async function assign(
  context: CommandContext,
  name: string,
  users: readonly string[],
  { dryRun, json, url }: AssignOptions,
): Promise<void> {
  const assigned = dryRun ? await compute(context, name, users) : await store(context, name, users, url)
  if (json) return print(context, JSON.stringify(assigned, null, 2))
  const rows = assigned.map(({ user_id, group_name, strategy }) => [
    printable(user_id),
    group_name,
    printable(strategy),
  ])
  printLines(context, table([['USER', 'GROUP', 'STRATEGY'], ...rows]))
}

async function store(
  context: CommandContext,
  name: string,
  users: readonly string[],
  url: string,
): Promise<ShownAssignment[]> {
  const endpoint = ingestEndpoint(context, url)
  const assigned: ShownAssignment[] = []
  for (const user_id of users) {
    const request = { method: 'POST', body: { user_id }, signal: context.signal }
    const answer = await demand<Assignment>(endpoint, experimentPath(name, '/assignments'), request)
    assigned.push({ user_id, ...answer })
  }
  return assigned
}

async function compute(
  context: CommandContext,
  name: string,
  users: readonly string[],
): Promise<ShownAssignment[]> {
  const request = { signal: context.signal }
  const experiment = await demand<Experiment>(gatewayEndpoint(context), experimentPath(name), request)
  return Promise.all(
    users.map(async (user_id) => {
      const group_name = await experimentGroup(name, user_id, experiment.assignment_ratio)
      return { user_id, group_name, strategy: experiment[`${group_name}_strategy`] }
    }),
  )
}

interface RecordOptions {
  readonly skill: string
  readonly failed?: boolean
  readonly seconds?: number
  readonly rating?: number
  readonly cost?: number
  readonly id?: string
  readonly json?: boolean
  readonly url: string
}

/** Records what happened to a user. */
export function recordOutcomeCommand(context: CommandContext): Command {
  const command = new Command('record')
    .summary('record what happened to a user')
    .description('Record one outcome of a user who was assigned before.')
    .argument('<experiment>', 'its name')
    .argument('<user>', 'the id of the user')
    .requiredOption('--skill <name>', 'the skill that was used')
    .option('--failed', 'the work was not completed')
    .option('--seconds <seconds>', 'how long it took', numberBetween(0, 2_592_000))
    .option('--rating <rating>', 'rating by the user, 1 to 5', numberBetween(1, 5))
    .option('--cost <dollars>', 'what it cost', numberBetween(0, 10_000))
    .option('--id <id>', 'id of the outcome: the same one again changes nothing (default: a new one)')
    .option('--json', 'print the answer as JSON')
    .addOption(ingestUrlOption(context))
    .action((name: string, user: string, options: RecordOptions) => record(context, name, user, options))
  return examples(command, [
    ['skillwatch experiment record prompts ada --skill plan --seconds 12.5', 'it was completed'],
    ['skillwatch experiment record prompts ada --skill plan --failed', 'it was not'],
    ['skillwatch experiment record prompts ada --skill plan --rating 4 --id run-17', 'at most once'],
  ])
}

async function record(
  context: CommandContext,
  name: string,
  user_id: string,
  { skill, failed, seconds, rating, cost, id, json, url }: RecordOptions,
): Promise<void> {
  const outcome_id = id ?? uuidV7(context.nowMs())
  const body = {
    ...{ outcome_id, user_id, skill_name: skill, completed: failed !== true },
    ...{ duration_seconds: seconds, rating, cost_usd: cost },
  }
  const request = { method: 'POST', body, signal: context.signal }
  const path = experimentPath(name, '/outcomes')
  const { accepted } = await demand<RecordReply>(ingestEndpoint(context, url), path, request)
  if (json) print(context, JSON.stringify({ outcome_id, stored: accepted === 1 }))
  else if (accepted === 1) note(context, `Outcome ${printable(outcome_id)} is stored.`)
  else note(context, `Outcome ${printable(outcome_id)} was stored before.`)
}
