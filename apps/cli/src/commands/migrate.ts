import {
  type MigrationStep,
  migrateDown,
  migrateUp,
  migrationStatus,
  openWriter,
  validateMigrations,
  type Writer,
} from '@skillwatch/db'
import { Command } from 'commander'
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

/** Moves the schema of the database; ingest does `up` by itself when it starts. */
export function migrateCommand(context: CommandContext): Command {
  const command = new Command('migrate')
    .description(
      'Look at or change the schema of the database. Ingest brings it up to date by itself when it starts.',
    )
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
    '\nstatus and validate also work while ingest runs; up and down want it stopped.',
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
    .description('Apply every pending migration. Makes the database when there is none.')
    .option('--dry-run', 'print the SQL and change nothing')
    .addOption(databaseUrlOption(context))
    .action(async ({ dryRun = false, databaseUrl }: ChangeOptions) => {
      if (dryRun)
        return printSteps(
          context,
          await withExistingOrEmpty(databaseUrl, (db) => migrateUp(db, context.nowMs(), { dryRun })),
        )
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
    .description('Undo the newest migration, and only that one. What it had added is gone.')
    .option('--dry-run', 'print the SQL and change nothing')
    .option('--yes', 'also when invocations are recorded, which may then be lost')
    .addOption(databaseUrlOption(context))
    .action(async ({ dryRun = false, yes = false, databaseUrl }: ChangeOptions) => {
      if (dryRun) {
        const step = await withExistingOrEmpty(databaseUrl, (db) => migrateDown(db, { dryRun }))
        return printSteps(context, step ? [step] : [])
      }
      using writer = openWriter(databaseUrl)
      if (!yes) demandNothingRecorded(writer)
      const step = migrateDown(writer)
      note(
        context,
        step ? `Undid ${step.version} (${step.name}).` : 'Nothing to do: no migration is applied.',
      )
    })
  return examples(command, [
    ['skillwatch migrate down --dry-run', 'the SQL that would run'],
    ['skillwatch migrate down --yes', 'undo one, whatever is recorded'],
  ])
}

function validateCommand(context: CommandContext): Command {
  const command = new Command('validate')
    .summary('compare what is applied with this program')
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

function printSteps(context: CommandContext, steps: readonly MigrationStep[]): void {
  for (const { version, name, statements } of steps) {
    print(context, `-- ${version} ${name}`)
    for (const statement of statements) print(context, `${statement.trim().replace(/;$/, '')};`)
  }
  note(context, steps.length === 0 ? 'Nothing would be done.' : 'Nothing was changed.')
}

/** Going down may drop tables; one word should not lose a history. */
function demandNothingRecorded({ sqlite, path }: Writer): void {
  const exists = sqlite.prepare("select 1 from sqlite_schema where name = 'skill_invocation'").get()
  const count = exists
    ? (sqlite.prepare('select count(*) from skill_invocation').pluck().get() as number)
    : 0
  if (count === 0) return
  throw new CliError(
    `${path} holds ${count} invocations, which going down may delete: copy the file first, then add --yes.`,
  )
}
