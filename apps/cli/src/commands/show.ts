import { Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { printSession, type SessionOptions } from '../show/print-session.ts'
import { resolveSubject } from '../show/subject.ts'
import { printSkillPage, type SkillPageOptions } from '../skill-page/print.ts'
import { parseTimeZone } from '../usage/time-zone.ts'
import { USED_KINDS, type UsedKind } from '../uses/read.ts'
import { windowOptions } from '../uses/window.ts'

interface Options extends SessionOptions, SkillPageOptions {
  readonly session?: boolean
  readonly skill?: boolean
  readonly kind?: UsedKind
  readonly timeZone?: string
  readonly json?: boolean
  readonly url: string
}

/** Options of a skill alone; whoever gives one means a skill. */
const OF_SKILLS = ['skill', 'kind', 'since', 'until'] as const

/** Shows one session with its turns and calls, or one skill with its uses. */
export function showCommand(context: CommandContext): Command {
  const command = new Command('show')
    .description(
      'Show one session: its calls by outcome, its tokens, its cost, its most used skills and tools, its ' +
        'turns (a prompt and what followed), and the calls of each turn in the order of time, each beneath ' +
        'the call that made it. Turns, and uses of skills, commands and agents, have the calls, tokens and ' +
        'money that they caused. More than 3 equal calls in a row are one line with their number and the ' +
        'sum of their durations. A duration with ≤ includes waiting.\n\n' +
        'Or show one skill, command or agent: what its uses caused in a window and in the equally long ' +
        'time before, by repository, model and day, and its last uses.',
    )
    .argument('<name>', 'id of a session, its beginning is enough; or the name of a skill, command or agent')
    .addOption(new Option('--session', 'the name is that of a session').conflicts([...OF_SKILLS]))
    .addOption(
      new Option('--full', 'of a session: show each call in a line of its own').conflicts([...OF_SKILLS]),
    )
    .option(
      '--skill',
      'the name is that of a skill, command or agent; --kind, --since and --until say so too',
    )
    .addOption(new Option('--kind <kind>', 'of a skill: only this kind').choices(USED_KINDS))
  for (const option of windowOptions(context)) command.addOption(option)
  command
    .option(
      '--time-zone <name>',
      'time zone of days and times, such as Europe/Berlin (default: that of this machine)',
      parseTimeZone,
    )
    .option('--json', 'print one JSON object')
    .action((name: string, options: Options) => show(context, name, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch show 3f2a', 'the session whose id begins with 3f2a'],
    ['skillwatch show 3f2a --full', 'without folded lines'],
    ['skillwatch show pdf-fill', 'the skill pdf-fill over 30 days'],
    ['skillwatch show code-review --kind agent --since 90d', 'the agent code-review over 90 days'],
    [
      "skillwatch show 3f2a --json | jq '.invocations[] | select(.error_type)'",
      'the calls of a session that have an error',
    ],
  ])
}

async function show(context: CommandContext, text: string, options: Options): Promise<void> {
  const gateway = gatewayEndpoint(context, options.url)
  const query = { text, wanted: wantedBy(options), kind: options.kind }
  const subject = await resolveSubject(gateway, query, context.signal)
  return 'sessionId' in subject
    ? printSession(context, gateway, subject.sessionId, options)
    : printSkillPage(context, gateway, subject, options)
}

function wantedBy(options: Options): 'session' | 'skill' | undefined {
  if (options.session || options.full) return 'session'
  return OF_SKILLS.some((option) => options[option] !== undefined) ? 'skill' : undefined
}
