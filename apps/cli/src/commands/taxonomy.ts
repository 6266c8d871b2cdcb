import type { Domain, Kind } from '@skillwatch/schema'
import { CATEGORY_RULES } from '@skillwatch/schema/taxonomy'
import { DOMAINS, KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { addGatewayUrl, examples, gatewayEndpoint, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { categoryLines, classifiedLines, ruleLines } from '../taxonomy/lines.ts'
import { type ClassifiedWanted, kindOfSkill, readCategories, readClassified } from '../taxonomy/read.ts'
import { printable } from '../text.ts'
import { modalityCommand } from './taxonomy-modality.ts'

/** Shows and changes the categories and modalities of skills. */
export function taxonomyCommand(context: CommandContext): Command {
  const command = new Command('taxonomy')
    .description(
      'Show and change the categories of skills, and what they read and make. Rules assign categories by the ' +
        'words of names and descriptions, with a confidence; what a person assigns wins.',
    )
    .addCommand(listCommand(context))
    .addCommand(reviewCommand(context))
    .addCommand(rulesCommand(context))
    .addCommand(assignCommand(context))
    .addCommand(modalityCommand(context))
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context))
  return examples(command, [
    ['skillwatch taxonomy list', 'which skill has which category'],
    ['skillwatch taxonomy review', 'what a person should look at'],
    ['skillwatch taxonomy assign pdf-fill Documentation', 'choose one'],
    ['skillwatch taxonomy rules', 'by which words categories are assigned'],
  ])
}

interface ListOptions extends ClassifiedWanted {
  readonly categories?: boolean
  readonly json?: boolean
  readonly url: string
}

function listCommand(context: CommandContext): Command {
  const command = new Command('list')
    .summary('show skills with their categories, or the tree of categories')
    .description(
      'Show skills, commands, sub-agents and MCP tools that are installed or were called, each with its ' +
        'category, the confidence, and the rule or person that assigned it.',
    )
    .addOption(new Option('--kind <kind>', 'show only this kind').choices(KINDS))
    .option('--category <name>', 'show only this category')
    .option('--categories', 'show the tree of categories instead')
    .option('--json', 'print the items of the REST answer as JSON')
    .action((options: ListOptions) => showList(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch taxonomy list --kind skill', 'only skills'],
    ['skillwatch taxonomy list --categories', 'the tree'],
  ])
}

function reviewCommand(context: CommandContext): Command {
  const command = new Command('review')
    .summary('show what a person should look at')
    .description(
      'Show skills without a category, those whose highest confidence is below 0.6, and those whose results ' +
        'need a review by a person.',
    )
    .option('--json', 'print the items of the REST answer as JSON')
    .action((options: ListOptions) => showList(context, { ...options, review: true }))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch taxonomy review', 'a table'],
    ['skillwatch taxonomy assign pdf-fill Documentation', 'decide'],
  ])
}

async function showList(
  context: CommandContext,
  { categories, json, url, ...wanted }: ListOptions,
): Promise<void> {
  const gateway = gatewayEndpoint(context, url)
  const view = [widthOf(context), context.paint.stdout] as const
  if (categories) {
    const items = await readCategories(gateway, context.signal)
    if (json) return print(context, JSON.stringify(items, null, 2))
    return printLines(context, categoryLines(items, ...view))
  }
  const items = await readClassified(gateway, wanted, context.signal)
  if (json) return print(context, JSON.stringify(items, null, 2))
  if (items.length > 0) return printLines(context, classifiedLines(items, ...view))
  const nothing = wanted.review ? 'There is nothing to review.' : 'No skill matches.'
  note(context, `${nothing} \`skillwatch skills scan\` reads the installed skills.`)
}

function rulesCommand(context: CommandContext): Command {
  const command = new Command('rules')
    .summary('show the rules that assign categories')
    .description(
      'Show the rules that assign categories: a skill with one of the words in its name or description is of ' +
        'the category. A star stands for the rest of a word. The confidence of a category is that of its ' +
        'strongest rule, times its share in the confidence of all rules that match.',
    )
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      if (json) return print(context, JSON.stringify(CATEGORY_RULES, null, 2))
      printLines(context, ruleLines(CATEGORY_RULES, widthOf(context), context.paint.stdout))
    })
  return examples(command, [['skillwatch taxonomy rules --json', 'with all words']])
}

interface AssignOptions {
  readonly kind?: Kind
  readonly none?: boolean
  readonly url: string
}

function assignCommand(context: CommandContext): Command {
  const command = new Command('assign')
    .summary('choose the category of a skill')
    .description('Choose the category of a skill. It wins over rules until it is withdrawn with --none.')
    .argument('<skill>', 'its exact name')
    .argument('[category]', 'the name of a category')
    .addOption(new Option('--kind <kind>', 'the kind of the skill, if several have its name').choices(KINDS))
    .option('--none', 'let the rules decide again')
    .addOption(ingestUrlOption(context))
    .action((skill: string, category: string | undefined, options: AssignOptions) =>
      assign(context, skill, category, options),
    )
  return examples(command, [
    ['skillwatch taxonomy assign pdf-fill Documentation', 'choose'],
    ['skillwatch taxonomy assign pdf-fill --none', 'withdraw it'],
  ])
}

async function assign(
  context: CommandContext,
  skill: string,
  category: string | undefined,
  { kind: given, none, url }: AssignOptions,
): Promise<void> {
  if ((category === undefined) !== (none === true))
    throw new CliError('give either a category or --none.', { exitCode: 2 })
  const { signal } = context
  const kind = given ?? (await kindOfSkill(gatewayEndpoint(context), skill, signal))
  const path = `/v1/skills/${kind}/${encodeURIComponent(skill)}/category`
  const body = { category: category ?? null }
  await demand(ingestEndpoint(context, url), path, { method: 'PUT', body, signal })
  const to = category === undefined ? 'has the category of the rules' : `is of ${printable(category)}`
  note(context, `${kind} ${printable(skill)} ${to}.`)
}

interface AddOptions {
  readonly parent?: string
  readonly description?: string
  readonly domain?: Domain
  readonly url: string
}

function addCommand(context: CommandContext): Command {
  const command = new Command('add')
    .summary('make a category, or change one')
    .description('Make a category, or give one that exists these values.')
    .argument('<category>', 'its name')
    .option('--parent <name>', 'the category above it')
    .option('--description <text>', 'what belongs to it')
    .addOption(new Option('--domain <domain>', 'what it is about').choices(DOMAINS))
    .addOption(ingestUrlOption(context))
    .action(async (category: string, { url, ...body }: AddOptions) => {
      const path = `/v1/categories/${encodeURIComponent(category)}`
      const options = { method: 'PUT', body, signal: context.signal }
      await demand(ingestEndpoint(context, url), path, options)
      note(context, `Category ${printable(category)} exists.`)
    })
  return examples(command, [
    ['skillwatch taxonomy add Research --domain documentation', 'at the root'],
    ['skillwatch taxonomy add Contracts --parent Testing', 'below another one'],
  ])
}

function removeCommand(context: CommandContext): Command {
  const command = new Command('remove')
    .summary('remove a category')
    .description('Remove a category. Those below it move up, and its skills have the categories of rules.')
    .argument('<category>', 'its name')
    .addOption(ingestUrlOption(context))
    .action(async (category: string, { url }: { url: string }) => {
      const path = `/v1/categories/${encodeURIComponent(category)}`
      await demand(ingestEndpoint(context, url), path, { method: 'DELETE', signal: context.signal })
      note(context, `Category ${printable(category)} is removed.`)
    })
  return examples(command, [['skillwatch taxonomy remove Research', 'by its name']])
}
