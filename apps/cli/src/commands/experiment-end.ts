import type { Experiment, ExperimentDetail } from '@skillwatch/schema'
import { Command } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { experimentLines } from '../experiment/lines.ts'
import { experimentPath } from '../experiment/options.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { printable } from '../text.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly json?: boolean
  readonly url: string
}

/** Ends an experiment and stores what it shows. */
export function concludeExperimentCommand(context: CommandContext): Command {
  const command = new Command('conclude')
    .summary('end it and store what it shows')
    .description(
      'End an experiment: it takes no more users and outcomes, and what it shows now is stored. Concluding it ' +
        'again shows the stored analysis.',
    )
    .argument('<experiment>', 'its name')
    .option('--json', 'print the experiment with its analysis as JSON')
    .addOption(ingestUrlOption(context))
    .action(async (name: string, { json, url }: Options) => {
      const concluded = await end<ExperimentDetail>(context, name, 'conclude', url)
      if (json) return print(context, JSON.stringify(concluded, null, 2))
      const view = { timeZone: machineTimeZone(), width: widthOf(context) }
      printLines(context, experimentLines(concluded, view, context.paint.stdout))
    })
  return examples(command, [
    ['skillwatch experiment conclude prompts', 'end it, and show what it showed'],
    ["skillwatch experiment conclude prompts --json | jq -r '.analysis.verdict'", 'for scripts'],
  ])
}

/** Ends an experiment without a conclusion. */
export function stopExperimentCommand(context: CommandContext): Command {
  const command = new Command('stop')
    .summary('end it without a conclusion')
    .description('End an experiment without a conclusion: it takes no more users and outcomes.')
    .argument('<experiment>', 'its name')
    .option('--json', 'print the experiment as JSON')
    .addOption(ingestUrlOption(context))
    .action(async (name: string, { json, url }: Options) => {
      const stopped = await end<Experiment>(context, name, 'stop', url)
      if (json) print(context, JSON.stringify(stopped, null, 2))
      else note(context, `Experiment ${printable(name)} is stopped.`)
    })
  return examples(command, [['skillwatch experiment stop prompts', 'give it up']])
}

function end<T>(context: CommandContext, name: string, action: string, url: string): Promise<T> {
  const path = experimentPath(name, `/${action}`)
  return demand<T>(ingestEndpoint(context, url), path, { method: 'POST', signal: context.signal })
}
