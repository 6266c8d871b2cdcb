import { DeletionReceipt, KINDS, type Kind } from '@skillwatch/schema'
import { Command, Option } from 'commander'
import { confirm } from '../confirm.ts'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demandAs } from '../http.ts'
import { parseInstantOption } from '../instant.ts'
import { printable, table } from '../text.ts'

interface DeleteOptions {
  session?: string
  user?: string
  skill?: string
  kind?: Kind
  before?: string
  yes?: boolean
  json?: boolean
  url: string
}

/** A large deletion goes in steps between the writes of others; what is given up on goes on without us. */
const ANSWER_MS_MAX = 10 * 60_000

/** Deletes what was recorded of a session, a person, a skill or a time, and prints the receipt. */
export function deleteCommand(context: CommandContext): Command {
  const command = new Command('delete')
    .description(
      'Delete what was recorded of a session, a person or a skill, or before an instant: from rows, sums, the change log and the bytes of the file. ' +
        'It cannot be undone. Prints the receipt. docs/PRIVACY.md tells what a receipt means and what it cannot.',
    )
    .option('--session <id>', 'everything of this session')
    .option('--user <id>', 'everything of this person, by the id that was recorded')
    .option('--skill <name>', 'every call of this skill, command, sub-agent or tool')
    .addOption(new Option('--kind <kind>', 'with --skill: of this kind only').choices(KINDS))
    .option(
      '--before <instant>',
      'everything that began before: an age such as 90d, a day, or a date-time',
      (text) => parseInstantOption(text, context.nowMs()),
    )
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .option('--json', 'print the receipt as JSON')
    .addOption(ingestUrlOption(context))
    .action((options: DeleteOptions) => erase(context, options))
  return examples(command, [
    ['skillwatch delete --session 3f2a', 'one conversation'],
    ['skillwatch delete --user u-17', 'one person'],
    ['skillwatch delete --skill deploy --kind command', 'one command'],
    ['skillwatch delete --before 90d --yes --json >> receipts.ndjson', 'every night'],
  ])
}

async function erase(context: CommandContext, options: DeleteOptions): Promise<void> {
  const query = toQuery(options)
  const endpoint = ingestEndpoint(context, options.url)
  if (!options.yes) {
    note(context, `This deletes ${inWords(query)} at ${endpoint.url}. It cannot be undone.`)
    if (!(await confirm(context, 'Delete it?'))) {
      context.exitCode = 1
      return note(context, 'Nothing was deleted.')
    }
  }
  const path = `/v1/invocations?${new URLSearchParams(query)}`
  const receipt = await demandAs(DeletionReceipt, endpoint, path, {
    method: 'DELETE',
    signal: context.signal,
    timeoutMs: ANSWER_MS_MAX,
  })
  if (receipt.invocations + receipt.api_requests === 0) note(context, nothingFound(query))
  if (options.json) return print(context, JSON.stringify(receipt))
  for (const line of receiptLines(receipt)) print(context, line)
}

/** The query of the request. @throws {CliError} (usage) unless exactly one thing is named */
function toQuery({ session, user, skill, kind, before }: DeleteOptions): Record<string, string> {
  const named = Object.entries({ session_id: session, user_id: user, skill_name: skill, before }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  if (named.length !== 1) {
    const came = named.length === 0 ? 'none was given' : `${named.length} were given`
    throw new CliError(`say exactly one of --session, --user, --skill and --before; ${came}.`, {
      exitCode: 2,
    })
  }
  if (kind !== undefined && skill === undefined)
    throw new CliError('--kind goes with --skill only.', { exitCode: 2 })
  return { ...Object.fromEntries(named), ...(kind !== undefined && { kind }) }
}

function inWords({ session_id, user_id, skill_name, kind, before }: Record<string, string>): string {
  if (session_id !== undefined) return `everything of session ${printable(session_id)}`
  if (user_id !== undefined) return `everything of user ${printable(user_id)}`
  if (skill_name !== undefined) return `every call of ${kind ?? 'anything named'} ${printable(skill_name)}`
  return `everything that began before ${before}`
}

/** A slip of the pen looks the same as what is gone already. */
function nothingFound({ user_id }: Record<string, string>): string {
  const people = ' People are found by the id that was recorded, in that spelling.'
  return `No call and no request of it was there, or they are gone already.${user_id === undefined ? '' : people}`
}

function receiptLines({ selection, ...receipt }: DeletionReceipt): string[] {
  const { first_offset, last_offset } = receipt
  return table([
    ['receipt', receipt.receipt_id],
    ['deleted at', receipt.deleted_at],
    ['project', printable(receipt.project)],
    ...Object.entries(selection).map(([name, value]) => [name, printable(value)]),
    ['invocations', String(receipt.invocations)],
    ['uncorrelated observations', String(receipt.uncorrelated_observations)],
    ['model requests', String(receipt.api_requests)],
    ['offsets', first_offset === null ? 'none' : `${first_offset} to ${last_offset}`],
  ])
}
