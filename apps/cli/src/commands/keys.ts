import { ApiKey, CreatedApiKey, SCOPES, type Scope } from '@skillwatch/schema'
import { Command, InvalidArgumentError } from 'commander'
import { Type } from 'typebox'
import { type CommandContext, note, print } from '../context.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand, demandAs } from '../http.ts'
import { printable, table } from '../text.ts'

interface CreateOptions {
  name: string
  scope: Scope[]
  project?: string
  url: string
}

/** Makes, lists and revokes API keys through ingest. */
export function keysCommand(context: CommandContext): Command {
  const command = new Command('keys').description('Make, list and revoke API keys.')
  command
    .addCommand(createKeyCommand(context))
    .addCommand(listKeysCommand(context))
    .addCommand(revokeKeyCommand(context))
  return examples(command, [
    ['skillwatch keys create --name laptop --scope ingest', 'a key that may only record'],
    ['skillwatch keys list', 'all keys, without their secrets'],
    ['skillwatch keys revoke 4f1c09', 'a key that is no longer wanted'],
  ])
}

function createKeyCommand(context: CommandContext): Command {
  const command = new Command('create')
    .summary('make a key and print it once')
    .description('Make an API key. It is printed once, alone on stdout; only its hash is stored.')
    .requiredOption('--name <name>', 'what the key is for')
    .requiredOption(
      '--scope <scopes>',
      `what it may do, with commas: ${SCOPES.join(', ')} (admin includes the others)`,
      parseScopes,
    )
    .option(
      '--project <project>',
      'the project whose data it opens; made when there is none (default: "default")',
    )
    .addOption(ingestUrlOption(context))
    .action(async ({ name, scope, project, url }: CreateOptions) => {
      const body = { name, scopes: scope, ...(project === undefined ? {} : { project }) }
      const key = await demandAs(CreatedApiKey, ingestEndpoint(context, url), '/v1/keys', {
        method: 'POST',
        body,
        signal: context.signal,
      })
      note(
        context,
        `Key ${key.api_key_id} for project ${printable(key.project)} may: ${key.scopes.join(', ')}. It is shown this once:`,
      )
      print(context, key.api_key)
      note(context, 'Clients send it as SKILLWATCH_API_KEY.')
    })
  return examples(command, [
    ['skillwatch keys create --name ci --scope ingest,read', 'print a key'],
    ['export SKILLWATCH_API_KEY=$(skillwatch keys create --name me --scope admin)', 'keep it in the shell'],
    ['skillwatch keys create --name team --scope ingest --project web', 'a key for another project'],
  ])
}

function listKeysCommand(context: CommandContext): Command {
  const command = new Command('list')
    .summary('show all keys, without their secrets')
    .description('Show all API keys, without their secrets.')
    .option('--json', 'print JSON')
    .addOption(ingestUrlOption(context))
    .action(async ({ url, json }: { url: string; json?: boolean }) => {
      const endpoint = ingestEndpoint(context, url)
      const { items: keys } = await demandAs(KeyList, endpoint, '/v1/keys', { signal: context.signal })
      if (json) return print(context, JSON.stringify(keys, null, 2))
      if (keys.length === 0)
        return note(context, 'There are no keys. Make one with `skillwatch keys create`.')
      for (const line of keyTable(keys, context)) print(context, line)
    })
  return examples(command, [
    ['skillwatch keys list', 'a table'],
    ['skillwatch keys list --json', 'for scripts'],
  ])
}

function revokeKeyCommand(context: CommandContext): Command {
  const command = new Command('revoke')
    .summary('revoke a key: it opens nothing from now on')
    .description('Revoke an API key: it opens nothing from now on.')
    .argument('<id>', 'the id that `skillwatch keys list` shows')
    .addOption(ingestUrlOption(context))
    .action(async (id: string, { url }: { url: string }) => {
      const path = `/v1/keys/${encodeURIComponent(id)}`
      await demand(ingestEndpoint(context, url), path, { method: 'DELETE', signal: context.signal })
      note(context, `Key ${printable(id)} is revoked.`)
    })
  return examples(command, [['skillwatch keys revoke 4f1c09', 'by its id']])
}

const KeyList = Type.Object({ items: Type.Array(ApiKey) })

function keyTable(keys: readonly ApiKey[], { paint }: CommandContext): string[] {
  const rows = keys.map((key) => [
    key.api_key_id,
    printable(key.name),
    printable(key.project),
    key.scopes.join(','),
    key.created_at.slice(0, 10),
    key.revoked_at === undefined ? 'valid' : `revoked ${key.revoked_at.slice(0, 10)}`,
  ])
  const [head, ...lines] = table([['ID', 'NAME', 'PROJECT', 'SCOPES', 'CREATED', 'STATE'], ...rows])
  return [paint.stdout('bold', head!), ...lines]
}

function parseScopes(text: string, previous: Scope[] = []): Scope[] {
  const scopes = text.split(',').map((scope) => scope.trim())
  const wrong = scopes.find((scope) => !SCOPES.includes(scope as Scope))
  if (wrong !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(wrong)} is none of ${SCOPES.join(', ')}.`)
  return [...new Set([...previous, ...(scopes as Scope[])])]
}
