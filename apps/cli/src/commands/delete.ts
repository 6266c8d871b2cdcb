import type { DeletionReceipt, Kind } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { confirm } from '../confirm.ts'
import { type CommandContext, note, print } from '../context.ts'
import { waitUntilFinal } from '../deletion/wait-until-final.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand, type Endpoint } from '../http.ts'
import { parseInstantOption } from '../instant.ts'
import { printable, table } from '../text.ts'

interface DeleteOptions {
  session?: string
  user?: string
  agent?: string
  skill?: string
  kind?: Kind
  before?: string
  project?: string
  yes?: boolean
  wait?: boolean
  json?: boolean
  url: string
}

/**
 * A large deletion runs in steps between other writes. If this wait ends, the server completes it all the
 * same.
 */
const ANSWER_MS_MAX = 10 * 60_000

/** Deletes recorded data, selected in one of several ways, and prints the receipt. */
export function deleteCommand(context: CommandContext): Command {
  const command = new Command('delete')
    .description(
      'Delete the recorded data of a session, a user, an agent or a skill, of the time before an instant, ' +
        'or of a whole project: rows, sums and changes. It cannot be undone. Prints a receipt. While the ' +
        'receipt is pending, the database file may still hold traces; docs/PRIVACY.md explains receipts.',
    )
    .option('--session <id>', 'all data of this session, by its whole id')
    .option('--user <id>', 'all data of this user, by the recorded id')
    .option('--agent <name>', 'all data that this agent reported')
    .option('--skill <name>', 'all calls of this skill, command, sub-agent or tool')
    .addOption(new Option('--kind <kind>', 'with --skill: only calls of this kind').choices(KINDS))
    .option(
      '--before <instant>',
      'all data from before: an age such as 90d, a day, or a date-time',
      (text) => parseInstantOption(text, context.nowMs()),
    )
    .option('--project <name>', 'all data of this project; the project itself, its keys and settings stay')
    .option('-y, --yes', 'do not ask; required when standard input is not a terminal')
    .option('--wait', 'wait until the receipt is final')
    .option('--json', 'print the receipt as JSON')
    .addOption(ingestUrlOption(context))
    .action((options: DeleteOptions) => runDelete(context, options))
  return examples(command, [
    ['skillwatch delete --session 0193a-example', 'one session'],
    ['skillwatch delete --user u-17 --wait', 'one user, until no trace is left in the file'],
    ['skillwatch delete --skill deploy --kind command', 'one command'],
    ['skillwatch delete --agent skillwatch-simulate', 'simulated calls among real ones'],
    ['skillwatch delete --project simulation', 'all simulated calls'],
    ['skillwatch delete --before 90d --yes --json >> receipts.ndjson', 'every night'],
  ])
}

async function runDelete(context: CommandContext, options: DeleteOptions): Promise<void> {
  const query = toQuery(options)
  const endpoint = endpointOf(context, options)
  if (!options.yes && !(await isConfirmed(context, query, endpoint))) return
  const receipt = await demand<DeletionReceipt>(endpoint, `/v1/invocations?${new URLSearchParams(query)}`, {
    method: 'DELETE',
    signal: context.signal,
    timeoutMs: ANSWER_MS_MAX,
  })
  if (countOf(receipt) === 0) note(context, nothingFound(query))
  if (!options.wait) return printReceipt(context, receipt, options)
  try {
    printReceipt(context, await waitUntilFinal(context, endpoint, receipt), options)
  } catch (error) {
    // The data is deleted, so its receipt must not be lost.
    printReceipt(context, receipt, options)
    throw error
  }
}

/** Ingest, for the project that is to be deleted. */
function endpointOf(context: CommandContext, { url, project }: DeleteOptions): Endpoint {
  const endpoint = ingestEndpoint(context, url)
  return project === undefined ? endpoint : { ...endpoint, project }
}

async function isConfirmed(
  context: CommandContext,
  query: Record<string, string>,
  { url }: Endpoint,
): Promise<boolean> {
  note(context, `This deletes ${describe(query)} at ${url}. It cannot be undone.`)
  if (await confirm(context, 'Delete it?')) return true
  context.exitCode = 1
  note(context, 'Nothing was deleted.')
  return false
}

/** The query of the request. @throws {CliError} (usage) unless exactly one selection is given */
function toQuery({ skill, kind, ...options }: DeleteOptions): Record<string, string> {
  const { session: session_id, user: user_id, agent: agent_name, before, project } = options
  const selections = { session_id, user_id, agent_name, skill_name: skill, before, project }
  const named = Object.entries(selections).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  if (named.length !== 1) {
    const given = named.length === 0 ? 'none was given' : `${named.length} were given`
    const expected = 'give exactly one of --session, --user, --agent, --skill, --before and --project'
    const message = `${expected}; ${given}.`
    throw new CliError(message, { exitCode: 2 })
  }
  if (kind !== undefined && skill === undefined) throw new CliError('--kind needs --skill.', { exitCode: 2 })
  return { ...Object.fromEntries(named), ...(kind !== undefined && { kind }) }
}

function describe({ skill_name, kind, before, ...query }: Record<string, string>): string {
  const { session_id, user_id, agent_name, project } = query
  if (session_id !== undefined) return `all data of session ${printable(session_id)}`
  if (user_id !== undefined) return `all data of user ${printable(user_id)}`
  if (agent_name !== undefined) return `all data of agent ${printable(agent_name)}`
  if (project !== undefined) return `all data of project ${printable(project)}`
  if (skill_name !== undefined)
    return `all calls of ${kind === undefined ? '' : `${kind} `}${printable(skill_name)}`
  return `all data from before ${before}`
}

function countOf(receipt: DeletionReceipt): number {
  const ofExperiments = receipt.experiment_assignments + receipt.experiment_outcomes
  return receipt.invocations + receipt.api_requests + ofExperiments
}

/** Printed because a misspelt name gives the same receipt as data that was deleted before. */
function nothingFound({ session_id, user_id, agent_name }: Record<string, string>): string {
  const text = 'No invocation, model request or outcome was found; they may have been deleted before.'
  if (session_id !== undefined)
    return `${text} A session is found by its whole id: \`skillwatch sessions --full\` shows it.`
  if (user_id !== undefined) return `${text} A user is found by the exact spelling of the recorded id.`
  if (agent_name !== undefined) return `${text} An agent is found by the exact spelling of its name.`
  return text
}

function printReceipt(context: CommandContext, receipt: DeletionReceipt, { json }: DeleteOptions): void {
  if (json) {
    print(context, JSON.stringify(receipt))
    return
  }
  for (const line of receiptLines(receipt)) print(context, line)
  if (receipt.status === 'pending')
    note(context, 'The database file may still hold traces of it. --wait waits until the receipt is final.')
}

function receiptLines({ selection, ...receipt }: DeletionReceipt): string[] {
  const { first_offset, last_offset } = receipt
  return table([
    ['receipt', receipt.receipt_id],
    ['deleted at', receipt.deleted_at],
    ['status', statusText(receipt)],
    ['project', printable(receipt.project)],
    ...Object.entries(selection ?? {}).map(([name, value]) =>
      name === 'project' ? ['deleted', 'everything of the project'] : [name, printable(value)],
    ),
    ['invocations', String(receipt.invocations)],
    ['uncorrelated observations', String(receipt.uncorrelated_observations)],
    ['model requests', String(receipt.api_requests)],
    ['experiment assignments', String(receipt.experiment_assignments)],
    ['experiment outcomes', String(receipt.experiment_outcomes)],
    ['offsets', first_offset === null ? 'none' : `${first_offset} to ${last_offset}`],
  ])
}

function statusText({ status, final_by, final_at }: Omit<DeletionReceipt, 'selection'>): string {
  return status === 'final' ? `final, since ${final_at}` : `pending, final by ${final_by}`
}
