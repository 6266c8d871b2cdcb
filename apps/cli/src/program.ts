import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { coverageCommand } from './commands/coverage.ts'
import { deleteCommand } from './commands/delete.ts'
import { doctorCommand } from './commands/doctor.ts'
import { hookCommand } from './commands/hook.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { projectCommand } from './commands/project.ts'
import { recountCommand } from './commands/recount.ts'
import { runCommand } from './commands/run.ts'
import { setupCommand } from './commands/setup.ts'
import { simulateCommand } from './commands/simulate.ts'
import { startCommand } from './commands/start.ts'
import { tailCommand } from './commands/tail.ts'
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

/** The whole command line, not yet run. */
export function createProgram(context: CommandContext): Command {
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
  const commands = [
    startCommand(context),
    importCommand(context).summary("bring in an agent's history"),
    simulateCommand(context).summary('send live load drawn from real sessions'),
    tailCommand(context),
    coverageCommand(context),
    setupCommand(context).summary('connect an agent to Skillwatch'),
    hookCommand(context),
    runCommand(context),
    keysCommand(context),
    projectCommand(context),
    deleteCommand(context),
    migrateCommand(context),
    recountCommand(context),
    doctorCommand(context),
  ]
  for (const command of commands) program.addCommand(command)
  for (const command of withDescendants(program)) prepare(command, context)
  return program
}

/**
 * Runs one command line.
 * @param argv the arguments alone, without node and script
 * @returns the exit code: 0 done, 1 failed or differences found, 2 usage, 130 given up on Ctrl-C; that of its command for `run`
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    const context = createContext(world)
    await createProgram(context).parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Error && error.name === 'AbortError') return 130
    if (!isForPeople(error)) throw error
    note(world, `${createPaint(world.stderr, world.env)('red', 'error:')} ${error.message}`)
    return error instanceof CliError ? error.exitCode : 1
  }
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
