import type { Workflow } from '@skillwatch/schema'
import { Command } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { workflowLines } from '../workflow/lines.ts'

interface Options {
  readonly phase?: string
  readonly json?: boolean
  readonly url: string
}

/** Shows what the phases of work took. */
export function workflowCommand(context: CommandContext): Command {
  const command = new Command('workflow')
    .description(
      'Show what the phases of work took: outcomes and durations of the calls of each phase, the time ' +
        'that slow ' +
        'and failed calls took, which phase follows which, and when. Calls count whose witness names a ' +
        'phase, such as the field workflow_phase of the client. The analyst computes it once a day, ' +
        '`skillwatch analyse workflow` at once.',
    )
    .option('--phase <phase>', 'show only this phase, and the transitions from and to it')
    .option('--json', 'print JSON with all numbers, also the heat map by hour of the week and by skill')
    .action((options: Options) => showWorkflow(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch workflow', 'all phases'],
    ['skillwatch workflow --phase execution', 'one phase'],
    ["skillwatch workflow --json | jq '.bottlenecks[0]'", 'where most would be gained'],
  ])
}

async function showWorkflow(context: CommandContext, { phase, json, url }: Options): Promise<void> {
  const query = new URLSearchParams({ skills: '200', ...(phase !== undefined && { workflow_phase: phase }) })
  const { signal } = context
  const workflow = await demand<Workflow>(gatewayEndpoint(context, url), `/v1/workflow?${query}`, { signal })
  if (json) return print(context, JSON.stringify(workflow, null, 2))
  const { run } = workflow
  if (run === null)
    return note(
      context,
      'The workflow was not computed yet. `skillwatch analyse workflow` computes it from what is recorded.',
    )
  printLines(context, workflowLines(workflow, run, widthOf(context), context.paint.stdout))
  if (run.calls > 0 && run.calls === run.calls_without_phase)
    note(context, 'No call has a phase: agents name none, callers of the client do with workflow_phase.')
}
