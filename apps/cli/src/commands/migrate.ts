import {
  countInvocations,
  type MigrationStep,
  migrateDown,
  migrateUp,
  migrationStatus,
  openWriter,
  validateMigrations,
  type Writer,
} from '@skillwatch/db'
import { Command } from 'commander'
import { withNoun } from '../amounts.ts'
import { type CommandContext, note, print } from '../context.ts'
import { databaseUrlOption, openAnyVersion, withExistingOrEmpty } from '../database/open.ts'
import { CliError } from '../errors.ts'
import { examples } from '../help.ts'
import { table } from '../text.ts'

interface ChangeOptions {
  dryRun?: boolean
  yes?: boolean
  databaseUrl: string
}

/** Shows and changes the schema of the database. Ingest runs `up` itself when it starts. */
export function migrateCommand(context: CommandContext): Command {
  const command = new Command('migrate')
    .description('Show or change the schema of the database. Ingest brings it up to date when it starts.')
    .addCommand(statusCommand(context))
    .addCommand(upCommand(context))
    .addCommand(downCommand(context))
    .addCommand(validateCommand(context))
  examples(command, [
    ['skillwatch migrate status', 'which migrations are applied'],
    ['skillwatch migrate up --dry-run', 'the SQL that would run'],
    ['skillwatch migrate down', 'undo the newest migration'],
  ])
  return command.addHelpText(
    'after',
    '\nstatus and validate also work while ingest runs. Stop ingest before up and down.',
  )
}

function statusCommand(context: CommandContext): Command {
  const command = new Command('status')
    .summary('show every migration and when it was applied')
    .description('Show every migration and when it was applied.')
    .addOption(databaseUrlOption(context))
    .action(({ databaseUrl }: ChangeOptions) => {
      using reader = openAnyVersion(databaseUrl)
      const rows = migrationStatus(reader).map(({ version, name, applied_at_ms }) => [
        String(version),
        name,
        applied_at_ms === undefined ? 'pending' : new Date(applied_at_ms).toISOString(),
      ])
      const [head, ...lines] = table([['VERSION', 'NAME', 'APPLIED'], ...rows])
      for (const line of [context.paint.stdout('bold', head!), ...lines]) print(context, line)
    })
  return examples(command, [['skillwatch migrate status', 'of ./data/skillwatch.db']])
}

function upCommand(context: CommandContext): Command {
  const command = new Command('up')
    .summary('apply every pending migration')
    .description('Apply every pending migration. Creates a missing database.')
    .option('--dry-run', 'print the SQL and change nothing')
    .addOption(databaseUrlOption(context))
    .action(async ({ dryRun, databaseUrl }: ChangeOptions) => {
      if (dryRun) return await printUp(context, databaseUrl)
      using writer = openWriter(databaseUrl)
      const steps = migrateUp(writer, context.nowMs())
      for (const step of steps) note(context, `Applied ${step.version} (${step.name}).`)
      if (steps.length === 0) note(context, 'Nothing to do: the database is up to date.')
    })
  return examples(command, [
    ['skillwatch migrate up', 'bring the database up to date'],
    ['skillwatch migrate up --dry-run > up.sql', 'the SQL in a file'],
  ])
}

function downCommand(context: CommandContext): Command {
  const command = new Command('down')
    .summary('undo the newest migration, and only that one')
    .description('Undo the newest migration, and only that one. Data in what it added is deleted.')
    .option('--dry-run', 'print the SQL and change nothing')
    .option('--yes', 'even if invocations are stored, which may be deleted')
    .addOption(databaseUrlOption(context))
    .action(async ({ dryRun, yes, databaseUrl }: ChangeOptions) => {
      if (dryRun) return await printDown(context, databaseUrl)
      using writer = openWriter(databaseUrl)
      if (!yes) demandNoInvocations(writer)
      const step = migrateDown(writer)
      note(
        context,
        step ? `Undid ${step.version} (${step.name}).` : 'Nothing to do: no migration is applied.',
      )
    })
  return examples(command, [
    ['skillwatch migrate down --dry-run', 'the SQL that would run'],
    ['skillwatch migrate down --yes', 'undo one, even if invocations are stored'],
  ])
}

function validateCommand(context: CommandContext): Command {
  const command = new Command('validate')
    .summary('compare the applied migrations with this program')
    .description('Compare the applied migrations with those of this program. Exit code 1 when they differ.')
    .addOption(databaseUrlOption(context))
    .action(({ databaseUrl }: ChangeOptions) => {
      using reader = openAnyVersion(databaseUrl)
      const problems = validateMigrations(reader)
      for (const problem of problems) print(context, problem)
      if (problems.length > 0) context.exitCode = 1
      else note(context, 'The applied migrations are those of this program.')
    })
  return examples(command, [['skillwatch migrate validate', 'of ./data/skillwatch.db']])
}

async function printUp(context: CommandContext, databaseUrl: string): Promise<void> {
  const plan = (db: Writer) => migrateUp(db, context.nowMs(), { dryRun: true })
  printSteps(context, await withExistingOrEmpty(databaseUrl, plan))
}

async function printDown(context: CommandContext, databaseUrl: string): Promise<void> {
  const step = await withExistingOrEmpty(databaseUrl, (db) => migrateDown(db, { dryRun: true }))
  printSteps(context, step ? [step] : [])
}

function printSteps(context: CommandContext, steps: readonly MigrationStep[]): void {
  for (const { version, name, statements } of steps) {
    print(context, `-- ${version} ${name}`)
    for (const statement of statements) print(context, `${statement.trim().replace(/;$/, '')};`)
  }
  note(context, steps.length === 0 ? 'There is nothing to do.' : 'Nothing was changed.')
}

/** Undoing a migration may drop tables, so stored invocations need --yes. */
function demandNoInvocations(writer: Writer): void {
  const count = countInvocations(writer)
  if (count === 0) return
  throw new CliError(
    `${writer.path} holds ${withNoun(count, 'invocation', String)}, which this may delete: copy the ` +
      'file first, then add --yes.',
  )
}
