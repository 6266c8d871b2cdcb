import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { isLoopback, KINDS, NAME_LENGTH_MAX } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { wrongService } from '../http.ts'
import { detectCi } from '../run/ci.ts'
import { runProgram } from '../run/run-program.ts'
import { ownSpoolFolder, RunReporter } from '../run/run-reporter.ts'
import { STAGES } from '../run/stages.ts'
import { endObservation, type RunDescription, startObservation } from '../run/to-observation.ts'

type RunOptions = Omit<RunDescription, 'command' | 'parentInvocationId'> & { url: string }

/** Pass the session and the parent on to a `skillwatch run` inside the command. */
const SESSION_VARIABLE = 'SKILLWATCH_SESSION_ID'
const PARENT_VARIABLE = 'SKILLWATCH_PARENT_INVOCATION_ID'

/** Runs a command and records it as an invocation. */
export function runCommand(context: CommandContext): Command {
  const command = new Command('run')
    .description(
      'Run a command and record it as an invocation. Input, output, signals and exit code are those of ' +
        'the command. In GitHub Actions, GitLab, Jenkins, CircleCI and Buildkite the session is the ' +
        'build, with commit, branch and environment. Of the command line only the name of the program is ' +
        'recorded. While no server runs, the invocation waits in the spool.',
    )
    .argument('<command...>', 'the command and its arguments, after --')
    .passThroughOptions()
    .requiredOption('--skill <name>', 'name of the invocation', parseName)
    .addOption(new Option('--kind <kind>', 'kind of the invocation (default: skill)').choices(KINDS))
    .option('--phase <phase>', 'phase of the workflow, such as setup, execution, verification', parseName)
    .addOption(new Option('--stage <stage>', 'stage of a pipeline, which gives the phase').choices(STAGES))
    .option('--step <id>', 'step of the workflow (default: the stage)', parseName)
    .option(
      '--session <id>',
      `session it belongs to (environment: ${SESSION_VARIABLE}; in CI: the build)`,
      parseName,
    )
    .option('--environment <name>', 'target of the command, such as staging or production')
    .addOption(ingestUrlOption(context))
    .action((line: [string, ...string[]], options: RunOptions) => run(context, line, options))
  return examples(command, [
    ['skillwatch run --skill pytest-run --phase execution -- pytest -q', 'one command'],
    ['skillwatch run --skill docker-build --stage build -- make image', 'a stage of a pipeline'],
    ['skillwatch run --skill release --session 2.4.0 -- ./release.sh', 'commands that belong together'],
  ])
}

async function run(
  context: CommandContext,
  line: [string, ...string[]],
  options: RunOptions,
): Promise<void> {
  const [command, ...args] = line
  const { env } = context
  const endpoint = ingestEndpoint(context, options.url)
  const { url, apiKey, project } = endpoint
  // Ingest records what it drains in project default.
  const isDrainedByIngest = project === undefined && isOwnIngest(context, url)
  const spoolFolder = isDrainedByIngest
    ? context.settings.spoolFolder
    : ownSpoolFolder({ url, project }, env)
  const reporter = new RunReporter({
    ...{ url, apiKey, project, spoolFolder, isDrainedByIngest },
    nowMs: context.nowMs,
  })

  const session = options.session ?? env[SESSION_VARIABLE] ?? ''
  const description = { ...options, session, command, parentInvocationId: env[PARENT_VARIABLE] }
  const nowMs = context.nowMs()
  const started = startObservation(description, detectCi(env), uuidV7(nowMs), nowMs)
  const startedAt = performance.now()
  const ended = runProgram({
    command,
    args,
    env: { ...env, [SESSION_VARIABLE]: started.session_id, [PARENT_VARIABLE]: started.invocation_id },
    hasTerminal: context.isTty || process.stdin.isTTY === true,
    signals: process,
  })
  reporter.start(started)
  const end = await ended
  if (end.error) note(context, `skillwatch run: ${notStarted(command, end.error)}`)
  const problem = await reporter.end(endObservation(started, end, performance.now() - startedAt))
  for (const text of problem === undefined ? [] : [problem, await wrongService(endpoint)])
    if (text !== undefined) note(context, `skillwatch run: ${text}`)
  context.exitCode = end.exitCode
}

/**
 * Whether the address is that of the ingest which the environment describes: on this machine, on its port.
 * Only that one stores what waits in the spool of the environment's database.
 */
function isOwnIngest({ settings }: CommandContext, url: string): boolean {
  const { hostname, port } = new URL(url)
  return isLoopback(hostname) && Number(port || 80) === settings.listeners.ingest.port
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'command not found',
  EACCES: 'permission denied; check that it is an executable program',
  ENOTDIR: 'a part of its path is a file',
  E2BIG: 'too many or too long arguments',
}

function notStarted(command: string, { code, message }: NodeJS.ErrnoException): string {
  return `${JSON.stringify(command)} was not started: ${REASONS[code ?? ''] ?? message}`
}

function parseName(text: string): string {
  if (text !== '' && text.length <= NAME_LENGTH_MAX && !/\p{Cc}/u.test(text) && text.isWellFormed())
    return text
  throw new InvalidArgumentError(
    `Expected a name of 1 to ${NAME_LENGTH_MAX} characters without control characters.`,
  )
}
