import { type Project, TEXT_FIELDS, type TextField } from '@skillwatch/schema'
import { Command, InvalidArgumentError } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { printable, table } from '../text.ts'

interface SetOptions {
  storeText?: TextField[]
  storePlaces?: boolean
  project: string
  url: string
}

/** Shows and makes projects, and chooses what they store. */
export function projectCommand(context: CommandContext): Command {
  const command = new Command('project')
    .description('Show and make projects, and choose what they store.')
    .addCommand(listProjectsCommand(context))
    .addCommand(createProjectCommand(context))
    .addCommand(setProjectCommand(context))
  return examples(command, [
    ['skillwatch project list', 'which project stores what'],
    ['skillwatch project create web', 'a project without a key'],
    ['skillwatch project set --store-text none', 'no texts from now on'],
  ])
}

function listProjectsCommand(context: CommandContext): Command {
  const command = new Command('list')
    .summary('show all projects and what they store')
    .description('Show all projects and what they store.')
    .option('--json', 'print JSON')
    .addOption(ingestUrlOption(context))
    .action(async ({ url, json }: { url: string; json?: boolean }) => {
      const endpoint = ingestEndpoint(context, url)
      const { items } = await demand<Projects>(endpoint, '/v1/projects', { signal: context.signal })
      if (json) return print(context, JSON.stringify(items, null, 2))
      for (const line of projectTable(items, context)) print(context, line)
    })
  return examples(command, [
    ['skillwatch project list', 'a table'],
    ['skillwatch project list --json', 'for scripts'],
  ])
}

function createProjectCommand(context: CommandContext): Command {
  const command = new Command('create')
    .summary('make a project that needs no key')
    .description(
      'Make a project; one that exists stays as it is. Where no API key is needed, SKILLWATCH_PROJECT ' +
        'names the project to record into and read, until it gets its first key.',
    )
    .argument('<project>', 'the name of the project')
    .addOption(ingestUrlOption(context))
    .action(async (name: string, { url }: { url: string }) => {
      const path = `/v1/projects/${encodeURIComponent(name)}`
      await demand(ingestEndpoint(context, url), path, { method: 'PUT', signal: context.signal })
      note(context, `Project ${printable(name)} exists.`)
    })
  return examples(command, [
    ['skillwatch project create web', 'make it'],
    ['SKILLWATCH_PROJECT=web skillwatch import claude-code ~/web', 'record into it'],
  ])
}

function setProjectCommand(context: CommandContext): Command {
  const command = new Command('set')
    .summary('choose what a project stores')
    .description(
      'Choose what a project stores from now on. By default it stores no texts, only their sizes and ' +
        'keyed hashes, and of requests to models the folder and the branch. In stored texts secrets are ' +
        'redacted by name, by pattern and by randomness, which finds many and cannot find all.',
    )
    .option('--store-text <fields>', `comma list: ${TEXT_FIELDS.join(', ')}; or none`, parseTextFields)
    .option('--store-places', 'store folder and branch of requests to models')
    .option('--no-store-places', 'leave them out')
    .option('--project <name>', 'the project', 'default')
    .addOption(ingestUrlOption(context))
    .action((options: SetOptions) => setProject(context, options))
  return examples(command, [
    ['skillwatch project set --store-text user_query', 'prompts, without their secrets'],
    ['skillwatch project set --store-text arguments,result --project web', 'for another project'],
    ['skillwatch project set --store-text none', 'no texts from now on'],
    ['skillwatch project set --no-store-places', 'no folders and branches from now on'],
  ])
}

async function setProject(
  context: CommandContext,
  { storeText, storePlaces, project, url }: SetOptions,
): Promise<void> {
  if (storeText === undefined && storePlaces === undefined) {
    const message = 'give --store-text, --store-places or --no-store-places.'
    throw new CliError(message, { exitCode: 2 })
  }
  const path = `/v1/projects/${encodeURIComponent(project)}`
  const body = { store_text: storeText, store_places: storePlaces }
  const options = { method: 'PATCH', body, signal: context.signal }
  const changed = await demand<Project>(ingestEndpoint(context, url), path, options)
  if (storeText !== undefined) for (const line of textConsequences(changed)) note(context, line)
  if (storePlaces !== undefined) note(context, placesConsequence(changed))
}

function placesConsequence({ name, store_places }: Project): string {
  const what = 'folder and branch of requests to models'
  const project = `Project ${printable(name)}`
  if (store_places) return `${project} stores ${what} from now on.`
  return `${project} does not store ${what} from now on. Those stored before remain.`
}

interface Projects {
  readonly items: readonly Project[]
}

function textConsequences({ name, store_text }: Project): string[] {
  const project = `Project ${printable(name)}`
  if (store_text.length === 0) {
    return [
      `${project} stores no texts from now on, only their sizes and keyed hashes.`,
      'Texts stored before remain until `skillwatch delete` deletes them.',
    ]
  }
  return [
    `${project} stores from now on: ${store_text.join(', ')}.`,
    'WARNING: what people write to the agent, and what it reads and writes, may be private. It is ' +
      'readable in',
    'the database and its backups. Secrets are redacted by name, by pattern and by randomness, which ' +
      'finds many',
    'and cannot find all. docs/PRIVACY.md explains this; `skillwatch project set --store-text none` ' +
      'undoes it.',
  ]
}

function projectTable(projects: readonly Project[], { paint }: CommandContext): string[] {
  const rows = projects.map(({ name, store_text, store_places, created_at }) => [
    printable(name),
    store_text.join(',') || 'none',
    store_places ? 'stored' : 'left out',
    created_at.slice(0, 10),
  ])
  const [head, ...lines] = table([['NAME', 'STORED TEXTS', 'FOLDERS AND BRANCHES', 'CREATED'], ...rows])
  return [paint.stdout('bold', head!), ...lines]
}

function parseTextFields(text: string): TextField[] {
  if (text.trim() === 'none') return []
  const fields = text.split(',').map((field) => field.trim())
  const wrong = fields.find((field) => !TEXT_FIELDS.includes(field as TextField))
  if (wrong === undefined) return [...new Set(fields as TextField[])]
  throw new InvalidArgumentError(
    `${JSON.stringify(wrong)} is not one of ${TEXT_FIELDS.join(', ')}, nor none alone.`,
  )
}
