import type { ApiKey, CreatedApiKey, Scope } from '@skillwatch/schema'
import { SCOPES } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { printable, table } from '../text.ts'

interface CreateOptions {
  name: string
  scope: Scope[]
  project?: string
  url: string
}

/** Creates, lists and revokes API keys through ingest. */
export function keysCommand(context: CommandContext): Command {
  const command = new Command('keys').description('Create, list and revoke API keys.')
  command
    .addCommand(createKeyCommand(context))
    .addCommand(listKeysCommand(context))
    .addCommand(revokeKeyCommand(context))
  return examples(command, [
    ['skillwatch keys create --name laptop --scope ingest', 'a key that may only record'],
    ['skillwatch keys list', 'all keys, without their secrets'],
    ['skillwatch keys revoke 4f1c09', 'a key that is no longer needed'],
  ])
}

function createKeyCommand(context: CommandContext): Command {
  const command = new Command('create')
    .summary('create a key and print it once')
    .description('Create an API key. It is printed once, alone on stdout; only its hash is stored.')
    .requiredOption('--name <name>', 'what the key is for')
    .requiredOption(
      '--scope <scopes>',
      `comma list of scopes: ${SCOPES.join(', ')} (admin includes the others)`,
      parseScopes,
    )
    .option(
      '--project <project>',
      'the project it gives access to; created when missing (default: "default")',
    )
    .addOption(ingestUrlOption(context))
    .action(async ({ name, scope, project, url }: CreateOptions) => {
      const body = { name, scopes: scope, ...(project === undefined ? {} : { project }) }
      const endpoint = ingestEndpoint(context, url)
      const options = { method: 'POST', body, signal: context.signal }
      printKey(context, await demand(endpoint, '/v1/keys', options))
    })
  return examples(command, [
    ['skillwatch keys create --name ci --scope ingest,read', 'print a key'],
    ['export SKILLWATCH_API_KEY=$(skillwatch keys create --name me --scope admin)', 'keep it in the shell'],
    ['skillwatch keys create --name team --scope ingest --project web', 'a key for another project'],
  ])
}

function printKey(context: CommandContext, { api_key_id, api_key, project, scopes }: CreatedApiKey): void {
  const key = `Key ${api_key_id} of project ${printable(project)} with scopes ${scopes.join(', ')}`
  note(context, `${key}. It is only shown this once:`)
  print(context, api_key)
  note(context, 'Clients use it from SKILLWATCH_API_KEY.')
}

function listKeysCommand(context: CommandContext): Command {
  const command = new Command('list')
    .summary('show all keys, without their secrets')
    .description('Show all API keys, without their secrets.')
    .option('--json', 'print JSON')
    .addOption(ingestUrlOption(context))
    .action(async ({ url, json }: { url: string; json?: boolean }) => {
      const endpoint = ingestEndpoint(context, url)
      const { items: keys } = await demand<KeyList>(endpoint, '/v1/keys', { signal: context.signal })
      if (json) return print(context, JSON.stringify(keys, null, 2))
      if (keys.length === 0)
        return note(context, 'There are no keys. Create one with `skillwatch keys create`.')
      for (const line of keyTable(keys, context)) print(context, line)
    })
  return examples(command, [
    ['skillwatch keys list', 'a table'],
    ['skillwatch keys list --json', 'for scripts'],
  ])
}

function revokeKeyCommand(context: CommandContext): Command {
  const command = new Command('revoke')
    .summary('revoke a key')
    .description('Revoke an API key. Requests with it are refused from now on.')
    .argument('<id>', 'the id that `skillwatch keys list` shows')
    .addOption(ingestUrlOption(context))
    .action(async (id: string, { url }: { url: string }) => {
      const path = `/v1/keys/${encodeURIComponent(id)}`
      await demand(ingestEndpoint(context, url), path, { method: 'DELETE', signal: context.signal })
      note(context, `Key ${printable(id)} is revoked.`)
    })
  return examples(command, [['skillwatch keys revoke 4f1c09', 'by its id']])
}

interface KeyList {
  readonly items: readonly ApiKey[]
}

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
    throw new InvalidArgumentError(`${JSON.stringify(wrong)} is not one of ${SCOPES.join(', ')}.`)
  return [...new Set([...previous, ...(scopes as Scope[])])]
}
