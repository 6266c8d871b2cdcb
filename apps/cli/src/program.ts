import { Command, CommanderError, Help } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { COMMANDS, type CommandEntry } from './commands.ts'
import { type CommandContext, createContext, createPaint, note, type World } from './context.ts'
import { CliError } from './errors.ts'
import { examples } from './help.ts'

const ENVIRONMENT = `Environment:
  SKILLWATCH_API_KEY       the key to show, where one is needed
  SKILLWATCH_INGEST_URL    where ingest is; http://127.0.0.1:8766 unless said otherwise
  SKILLWATCH_GATEWAY_URL   where ws-gateway is; http://127.0.0.1:8765
  SKILLWATCH_EXPORTER_URL  where exporter is; http://127.0.0.1:9090
  SKILLWATCH_DATABASE_URL  the database of start, migrate, recount and doctor; sqlite:./data/skillwatch.db
  NO_COLOR                 no colours; there are none in pipes and files anyway`

const EXIT_CODES = `Exit codes:
  0  done
  1  it failed, or differences were found, or something is broken
  2  the command was wrong
A command under run ends with its own.`

/**
 * The command line, not yet run.
 * @param isNeeded which commands are there with all they do; of the others only what the help of `skillwatch` shows
 */
export async function createProgram(
  context: CommandContext,
  isNeeded: (command: CommandEntry) => boolean,
): Promise<Command> {
  const program = new Command('skillwatch')
    .description('The flight recorder for the skills of AI coding agents.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    // What comes behind the command under `run` is its own.
    .enablePositionalOptions()
  examples(program, [
    ['npm start', 'run ingest, ws-gateway and exporter on ./data/skillwatch.db'],
    ['skillwatch import claude-code', 'bring in the history of Claude Code'],
    ['skillwatch tail', 'watch skills happen'],
    ['skillwatch doctor', 'what runs, what does not, and how to mend it'],
  ])
  program.addHelpText('after', `\n${ENVIRONMENT}\n\n${EXIT_CODES}`)
  for (const entry of COMMANDS) {
    const command = isNeeded(entry) ? (await entry.load())(context) : new Command(entry.name)
    program.addCommand(command.summary(entry.summary))
  }
  for (const command of withDescendants(program)) prepare(command, context)
  return program.configureHelp({ ...program.configureHelp(), subcommandTerm })
}

/**
 * Runs one command line.
 * @param argv the arguments alone, without node and script
 * @returns the exit code: 0 done, 1 failed or differences found, 2 usage, 130 given up on Ctrl-C; that of its command for `run`
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    const context = createContext(world)
    const program = await createProgram(context, ({ name }) => name === commandNamed(argv))
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Error && error.name === 'AbortError') return 130
    if (!isForPeople(error)) throw error
    note(world, `${createPaint(world.stderr, world.env)('red', 'error:')} ${error.message}`)
    return error instanceof CliError ? error.exitCode : 1
  }
}

/** The command that a command line is for, also as `help <command>`; undefined when it names none. */
function commandNamed(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((argument) => !argument.startsWith('-'))
  return first === 'help' ? second : first
}

/** A command that is not loaded does not know its own options and arguments. */
function subcommandTerm(command: Command): string {
  const entry = COMMANDS.find(({ name }) => name === command.name())
  return entry === undefined ? new Help().subcommandTerm(command) : `${entry.name} ${entry.usage}`.trimEnd()
}

/** Errors whose message already says what to do need no stack: our own, and those of the database that carry a hint. */
function isForPeople(error: unknown): error is Error {
  return error instanceof CliError || (error instanceof Error && 'hint' in error)
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)]
}

/** Settings that commander does not hand down to commands made on their own. */
function prepare(command: Command, { stdout, stderr, paint }: CommandContext): void {
  if (command.commands.length > 0) command.helpCommand('help [command]', 'show help for a command')
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`See \`${fullName(command)} --help\`.`)
    .helpOption('-h, --help', 'show help')
    .configureHelp({ styleTitle: (title) => paint.stdout('bold', title) })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      // `paint` has looked at the output already, so nothing is left to strip.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      outputError: (text, write) => write(text.replace(/^error:/, paint.stderr('red', 'error:'))),
    })
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}
