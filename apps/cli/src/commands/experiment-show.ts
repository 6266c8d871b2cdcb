import type { Experiment, ExperimentDetail, ExperimentStatus } from '@skillwatch/schema'
import { EXPERIMENT_STATUSES } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { experimentLines, experimentTable } from '../experiment/lines.ts'
import { experimentPath } from '../experiment/options.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { readPages } from '../pages.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface ListOptions {
  readonly status?: ExperimentStatus
  readonly json?: boolean
  readonly url: string
}

/** Lists experiments. */
export function listExperimentsCommand(context: CommandContext): Command {
  const command = new Command('list')
    .summary('show all experiments')
    .description(
      'Show all experiments, the newest first. CONTROL and TREATMENT are users with outcomes, of whom each ' +
        'group needs NEEDED.',
    )
    .addOption(new Option('--status <status>', 'only those of this status').choices(EXPERIMENT_STATUSES))
    .option('--json', 'print the items of the REST answer as JSON')
    .action((options: ListOptions) => list(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch experiment list', 'a table'],
    ['skillwatch experiment list --status running --json', 'for scripts'],
  ])
}

async function list(context: CommandContext, { status, json, url }: ListOptions): Promise<void> {
  const { items } = await readPages<Experiment>(
    gatewayEndpoint(context, url),
    {
      path: '/v1/experiments',
      keyOf: ({ test_name }) => test_name,
      ...(status !== undefined && { query: { status } }),
    },
    context.signal,
  )
  if (json) return print(context, JSON.stringify(items, null, 2))
  if (items.length === 0)
    return note(context, 'There are none. `skillwatch experiment create` creates an experiment.')
  const view = { timeZone: machineTimeZone(), width: widthOf(context) }
  printLines(context, experimentTable(items, view, context.paint.stdout))
}

/** Shows what an experiment shows. */
export function showExperimentCommand(context: CommandContext): Command {
  const command = new Command('show')
    .summary('show an experiment and what it shows')
    .description(
      'Show an experiment, its groups and what it shows. Look as often as you like: P and the interval hold ' +
        'over all looks together. A metric is the mean of each user first, and then the mean of the users. Q ' +
        'is P of the metrics that do not decide, corrected for their number. A narrow terminal shows fewer ' +
        'columns.',
    )
    .argument('<experiment>', 'its name')
    .option('--json', 'print the REST answer as JSON')
    .action(async (name: string, { json, url }: Omit<ListOptions, 'status'>) => {
      const endpoint = gatewayEndpoint(context, url)
      const request = { signal: context.signal }
      const experiment = await demand<ExperimentDetail>(endpoint, experimentPath(name), request)
      if (json) return print(context, JSON.stringify(experiment, null, 2))
      const view = { timeZone: machineTimeZone(), width: widthOf(context) }
      printLines(context, experimentLines(experiment, view, context.paint.stdout))
    })
  return examples(addGatewayUrl(command, context), [
    ['skillwatch experiment show prompts', 'its verdict and its numbers'],
    ["skillwatch experiment show prompts --json | jq '.analysis.metrics'", 'for scripts'],
  ])
}
