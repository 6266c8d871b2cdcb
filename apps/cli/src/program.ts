import { Command, CommanderError, Help } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { COMMANDS, type CommandEntry } from './commands.ts'
import { type CommandContext, createContext, createPaint, note, type World } from './context.ts'
import { CliError } from './errors.ts'
import { examples, section } from './help.ts'

const ENVIRONMENT = `
  SKILLWATCH_API_KEY       API key to send
  SKILLWATCH_PROJECT       project to read and, except by hook, to record into
                           (default: that of the key); without a key, one that
                           never had a key
  SKILLWATCH_URL           the server (default: http://127.0.0.1). Without a
                           port, each command adds that of its service: ingest
                           8766, ws-gateway 8765, exporter 9090, analyst 8768
  SKILLWATCH_INGEST_URL, SKILLWATCH_GATEWAY_URL, SKILLWATCH_EXPORTER_URL,
  SKILLWATCH_ANALYST_URL   one service that has another address
  SKILLWATCH_DATABASE_URL  database of start, analyse, migrate, recount and
                           doctor (default: sqlite:./data/skillwatch.db)
  NO_COLOR                 print no colours; pipes and files never get any`

const EXIT_CODES = `
  0  success
  1  the command failed, or found differences or something broken
  2  the command line is wrong
run ends with the exit code of the command that it runs.`

/**
 * Builds the command line parser.
 * @param isNeeded which commands are loaded; of the others only the line in the help of `skillwatch` exists
 */
export async function createProgram(
  context: CommandContext,
  isNeeded: (command: CommandEntry) => boolean,
): Promise<Command> {
  const program = new Command('skillwatch')
    .description('The flight recorder for the skills of AI coding agents.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    // Options after the command of `run` belong to that command.
    .enablePositionalOptions()
  examples(program, [
    ['npm start', 'run all services on ./data/skillwatch.db'],
    ['skillwatch import claude-code', 'import the history of Claude Code'],
    ['skillwatch tail', 'follow invocations live'],
    ['skillwatch doctor', 'check this installation'],
  ])
  section(program, 'Environment:', ENVIRONMENT)
  section(program, 'Exit codes:', EXIT_CODES)
  for (const entry of COMMANDS) {
    const command = isNeeded(entry) ? (await entry.load())(context) : new Command(entry.name)
    program.addCommand(command.summary(entry.summary))
  }
  for (const command of withDescendants(program)) configure(command, context)
  return program.configureHelp({ ...program.configureHelp(), subcommandTerm })
}

/**
 * Runs one command line.
 * @param argv the arguments alone, without node and script
 * @returns the exit code, as the help describes it; 130 after Ctrl-C
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    const context = createContext(world)
    const line = argv.length === 0 ? ['overview'] : argv
    const needed = commandsNamed(line)
    const program = await createProgram(context, ({ name }) => needed.includes(name))
    await program.parseAsync(line, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Error && error.name === 'AbortError') return 130
    if (!hasAdvice(error)) throw error
    note(world, `${createPaint(world.stderr, world.env)('red', 'error:')} ${error.message}`)
    if (argv.length === 0) note(world, '`skillwatch --help` lists all commands.')
    return error instanceof CliError ? error.exitCode : 1
  }
}

/** The command that a command line names, also as `help <command>`, and the one that completion is about. */
function commandsNamed(argv: readonly string[]): (string | undefined)[] {
  const [first, second, ...words] = argv.filter((argument) => !argument.startsWith('-'))
  if (first === 'completion') return [first, ...words.slice(0, 1)]
  return [first === 'help' ? second : first]
}

/** The command and its usage in the help. A command that is not loaded has no options and arguments. */
function subcommandTerm(command: Command): string {
  const entry = COMMANDS.find(({ name }) => name === command.name())
  return entry === undefined ? new Help().subcommandTerm(command) : `${entry.name} ${entry.usage}`.trimEnd()
}

/** Errors that are printed without a stack: their messages already say what to do. */
function hasAdvice(error: unknown): error is Error {
  return error instanceof CliError || (error instanceof Error && 'hint' in error)
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)]
}

/** Settings that commander only passes on to commands created by `program.command()`. */
function configure(command: Command, context: CommandContext): void {
  const { stdout, stderr, paint } = context
  if (command.commands.length > 0) command.helpCommand('help [command]', 'show help for a command')
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`See \`${fullName(command)} --help\`.`)
    .helpOption('-h, --help', 'show help')
    .configureHelp({ styleTitle: (title) => paint.stdout('bold', title) })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => note(context, text.trimEnd()),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      // `paint` already decides about colours.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      outputError: (text, write) => write(text.replace(/^error:/, paint.stderr('red', 'error:'))),
    })
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}
