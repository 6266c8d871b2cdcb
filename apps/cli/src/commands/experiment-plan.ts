import { planExperiment, powerOfUsers, type Sizes, type UserValues } from '@skillwatch/analytics/experiments'
import type { ExperimentMetric } from '@skillwatch/schema'
import { EXPERIMENT_METRICS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines } from '../context.ts'
import { CliError } from '../errors.ts'
import { numberBetween } from '../experiment/options.ts'
import { examples } from '../help.ts'
import { table } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'

interface Options {
  readonly metric: ExperimentMetric
  readonly baseline?: number
  readonly deviation?: number
  readonly effect: number
  readonly ratio: number
  readonly power: number
  readonly users?: number
  readonly json?: boolean
}

/** Says how many users an experiment needs, or what it can show with those that there are. */
export function planExperimentCommand(context: CommandContext): Command {
  const command = new Command('plan')
    .summary('how many users an experiment needs')
    .description(
      'Compute how many users an experiment needs to show an effect, before it starts; no service has to ' +
        'run. A user counts as one outcome: with several outcomes of a user, fewer users do.',
    )
    .addOption(
      new Option('--metric <metric>', 'what decides').choices(EXPERIMENT_METRICS).default('completion_rate'),
    )
    .option('--baseline <rate>', 'the completion rate of the control group, 0 to 1', numberBetween(0, 1))
    .option(
      '--deviation <deviation>',
      'of other metrics: the standard deviation over users; of durations that of their natural logarithms, ' +
        'about 1',
      numberBetween(0.000_001, 10_000),
    )
    .requiredOption(
      '--effect <effect>',
      'what the treatment adds: to the rate (0.1), the rating or the dollars; to durations relative, where ' +
        '-0.2 is 20% shorter',
      numberBetween(-10_000, 10_000),
    )
    .option('--ratio <share>', 'share of the control group', numberBetween(0.01, 0.99), 0.5)
    .option('--power <power>', 'how probably the effect is shown', numberBetween(0.5, 0.999), 0.8)
    .option(
      '--users <users>',
      'show the power with so many users of both groups',
      numberBetween(2, 10_000_000),
    )
    .option('--json', 'print JSON')
    .action((options: Options) => plan(context, options))
  return examples(command, [
    ['skillwatch experiment plan --baseline 0.8 --effect 0.1', 'from 80% to 90% completed'],
    ['skillwatch experiment plan --metric rating --deviation 1 --effect 0.5', 'half a point more'],
    ['skillwatch experiment plan --baseline 0.8 --effect 0.1 --users 300', 'what 300 users can show'],
  ])
}

function plan(context: CommandContext, options: Options): void {
  const values = valuesOf(options)
  if (options.users === undefined) printSizes(context, values, options)
  else printPower(context, values, options.users, options)
}

function printPower(context: CommandContext, values: UserValues, users: number, { json }: Options): void {
  const power = calculated(() => powerOfUsers(values, users))
  const rows = [
    ['', 'POWER'],
    ['look once, at the end', power.once.toFixed(3)],
    ['look at any time', power.anyTime.toFixed(3)],
  ]
  if (json) print(context, JSON.stringify({ ...values, users, power }, null, 2))
  else printLines(context, table(rows))
}

function printSizes(context: CommandContext, values: UserValues, { json, power }: Options): void {
  const needed = calculated(() => planExperiment(values, power))
  if (json) {
    print(context, JSON.stringify({ ...values, power, needed }, null, 2))
    return
  }
  const row = (text: string, { control, treatment }: Sizes) => [
    text,
    ...[control, treatment, control + treatment].map(exactNumber),
  ]
  const rows = [row('look once, at the end', needed.once), row('look at any time', needed.anyTime)]
  printLines(context, table([['', 'CONTROL', 'TREATMENT', 'ALL'], ...rows]))
  note(context, adviceOf(values, needed.anyTime, power))
}

/** An experiment may be looked at any time, so the larger number is the one that counts. */
function adviceOf({ effect, ratio }: UserValues, { control, treatment }: Sizes, power: number): string {
  const more = ratio === 0.5 ? '' : ` --ratio ${ratio}`
  const [create, show] = ['`skillwatch experiment create`', '`skillwatch experiment show`']
  return (
    `Give ${create} the options --min-effect ${Math.abs(effect)}${more}. ${show} may be looked at any time, ` +
    `and has shown such an effect by ${exactNumber(control + treatment)} users with a probability of ${power}.`
  )
}

function valuesOf({ metric, baseline, deviation, effect, ratio }: Options): UserValues {
  if (metric === 'completion_rate') {
    if (baseline === undefined)
      throw new CliError('--metric completion_rate needs --baseline.', { exitCode: 2 })
    return { metric, baseline, deviation: 1, effect, ratio }
  }
  if (deviation === undefined) throw new CliError(`--metric ${metric} needs --deviation.`, { exitCode: 2 })
  return { metric, baseline: 0, deviation, effect, ratio }
}

/** @throws {CliError} when the values are impossible together */
function calculated<T>(calculate: () => T): T {
  try {
    return calculate()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new CliError(`These values cannot be planned: ${cause.message}.`, { exitCode: 2, cause })
  }
}
