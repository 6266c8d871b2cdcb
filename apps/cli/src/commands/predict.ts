import type { Kind, Prediction } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { parseAt } from '../predict/at.ts'
import { predictionLines } from '../predict/lines.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly kind?: Kind
  readonly phase?: string
  readonly at?: string
  readonly session?: string
  readonly json?: boolean
  readonly url: string
}

/** Shows how probable it is that a call completes, and how well that is known. */
export function predictCommand(context: CommandContext): Command {
  const command = new Command('predict')
    .description(
      'Show how probable it is that a call of a skill completes, with the 95% interval. A model answers ' +
        'from ' +
        'what is known before the call, such as the hour, the last calls of the skill and of the session, ' +
        'and the phase. It does so only where it was better than the base rate on later calls of other ' +
        'sessions; else the base rate is the answer. Both are shown with their scores. The analyst makes ' +
        'the models once a day, `skillwatch analyse predictions` at once.',
    )
    .argument('<skill>', 'its exact name')
    .addOption(new Option('--kind <kind>', 'the kind, if several have the name').choices(KINDS))
    .option('--phase <phase>', 'the phase of the workflow in which it is called')
    .option(
      '--at <instant>',
      'when it is called: a time from now on such as 3h, or a date-time; the rest is as known now ' +
        '(default: now)',
      (text: string) => parseAt(text, context.nowMs()),
    )
    .option('--session <id>', 'the session in which it is called (default: a new one)')
    .option('--json', 'print JSON with all numbers')
    .action((skill: string, options: Options) => predict(context, skill, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch predict pdf-fill', 'a call now, in a new session'],
    ['skillwatch predict pdf-fill --phase execution --at 12h', 'in a phase, in twelve hours'],
    ["skillwatch predict pdf-fill --json | jq '.judgement'", 'how the model did'],
  ])
}

async function predict(context: CommandContext, skill: string, options: Options): Promise<void> {
  const { kind, phase, at, session, json, url } = options
  const query = new URLSearchParams({
    skill_name: skill,
    ...(kind !== undefined && { kind }),
    ...(phase !== undefined && { workflow_phase: phase }),
    ...(at !== undefined && { at }),
    ...(session !== undefined && { session_id: session }),
  })
  const { signal } = context
  const answer = await demand<Prediction>(gatewayEndpoint(context, url), `/v1/predictions?${query}`, {
    signal,
  })
  if (json) return print(context, JSON.stringify(answer, null, 2))
  const view = { phase, timeZone: machineTimeZone(), width: widthOf(context) }
  printLines(context, predictionLines(answer, view, context.paint.stdout))
  if (answer.run === null)
    note(context, '`skillwatch analyse predictions` makes the models from what is recorded.')
}
