import type { Experiment, ExperimentMetric } from '@skillwatch/schema'
import { EXPERIMENT_METRICS } from '@skillwatch/schema/vocabulary'
import { Command } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { numberBetween, parseMetrics } from '../experiment/options.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { printable } from '../text.ts'

interface Options {
  readonly control: string
  readonly treatment: string
  readonly description?: string
  readonly metrics?: ExperimentMetric[]
  readonly minEffect?: number
  readonly minUsers?: number
  readonly ratio?: number
  readonly costCap?: number
  readonly start?: string
  readonly end?: string
  readonly json?: boolean
  readonly url: string
}

/** Creates an experiment. */
export function createExperimentCommand(context: CommandContext): Command {
  const command = new Command('create')
    .summary('create an experiment')
    .description(
      'Create an experiment. What it compares, how and how many users it takes cannot be changed later; the ' +
        'same experiment again changes nothing. Where API keys are used, it needs one with scope experiments.',
    )
    .argument('<experiment>', 'its name, which no other one has')
    .requiredOption('--control <strategy>', 'what users of the control group get')
    .requiredOption('--treatment <strategy>', 'what users of the treatment group get')
    .option('--description <text>', 'what it is about')
    .option(
      '--metrics <metrics>',
      `comma list of what is compared, of which the first one decides (default: ${EXPERIMENT_METRICS.join(',')})`,
      parseMetrics,
    )
    .option(
      '--min-effect <effect>',
      'the smallest effect on the first metric that matters: a difference of rates (default: 0.1), of ratings ' +
        '(0.5) or of dollars (no default), or a relative difference of durations (0.2)',
      numberBetween(0.000_001, 10_000),
    )
    .option(
      '--min-users <users>',
      'users that each group needs before anything is concluded (default: 100)',
      numberBetween(100, 100_000),
    )
    .option('--ratio <share>', 'share of the control group (default: 0.5)', numberBetween(0.01, 0.99))
    .option(
      '--cost-cap <dollars>',
      'a higher cost of an outcome counts as this (default: 1)',
      numberBetween(0.000_001, 10_000),
    )
    .option('--start <instant>', 'no user is assigned before (default: now), RFC 3339 with offset')
    .option('--end <instant>', 'no user is assigned from here on, RFC 3339 with offset')
    .option('--json', 'print the experiment as JSON')
    .addOption(ingestUrlOption(context))
    .action((name: string, options: Options) => create(context, name, options))
  return examples(command, [
    ['skillwatch experiment create prompts --control old --treatment new', 'with all defaults'],
    ['skillwatch experiment create faster --control a --treatment b --min-users 600', 'with more users'],
    ['skillwatch experiment create careful --control a --treatment b --ratio 0.9', 'the new one for 10%'],
  ])
}

async function create(context: CommandContext, test_name: string, options: Options): Promise<void> {
  const { control, treatment, description, metrics, minEffect, minUsers, ratio, costCap, start, end } =
    options
  const given = {
    ...{ test_name, control_strategy: control, treatment_strategy: treatment, description, metrics },
    ...{ min_effect: minEffect, min_sample_size: minUsers, assignment_ratio: ratio, cost_cap_usd: costCap },
    ...{ start_date: start, end_date: end },
  }
  const request = { method: 'POST', body: given, signal: context.signal }
  const endpoint = ingestEndpoint(context, options.url)
  const created = await demand<Experiment>(endpoint, '/v1/experiments', request)
  if (options.json) return print(context, JSON.stringify(created, null, 2))
  const name = printable(test_name)
  note(
    context,
    `Experiment ${name} is ${created.status}. \`skillwatch experiment assign\` assigns its users.`,
  )
}
