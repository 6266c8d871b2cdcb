import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { createExperimentCommand } from './experiment-create.ts'
import { concludeExperimentCommand, stopExperimentCommand } from './experiment-end.ts'
import { planExperimentCommand } from './experiment-plan.ts'
import { assignUsersCommand, recordOutcomeCommand } from './experiment-record.ts'
import { listExperimentsCommand, showExperimentCommand } from './experiment-show.ts'

/** Plans, runs and reads experiments. */
export function experimentCommand(context: CommandContext): Command {
  const command = new Command('experiment')
    .description(
      'Compare two strategies, such as two versions of a skill, on users who are assigned to one of them at ' +
        'random. docs/ANALYTICS.md explains the numbers.',
    )
    .addCommand(planExperimentCommand(context))
    .addCommand(createExperimentCommand(context))
    .addCommand(listExperimentsCommand(context))
    .addCommand(showExperimentCommand(context))
    .addCommand(assignUsersCommand(context))
    .addCommand(recordOutcomeCommand(context))
    .addCommand(concludeExperimentCommand(context))
    .addCommand(stopExperimentCommand(context))
  return examples(command, [
    ['skillwatch experiment plan --baseline 0.8 --effect 0.1', 'how many users it takes'],
    ['skillwatch experiment create prompts --control old --treatment new', 'create it'],
    ['skillwatch experiment assign prompts ada', 'the group of a user'],
    ['skillwatch experiment record prompts ada --skill plan', 'that the user completed something'],
    ['skillwatch experiment show prompts', 'what it shows, at any time'],
  ])
}
