import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

/** A command as the help of `skillwatch` shows it. The rest of it is loaded when the command line names it. */
export interface CommandEntry {
  readonly name: string
  /** What follows the name. */
  readonly usage: string
  readonly summary: string
  load(): Promise<(context: CommandContext) => Command>
}

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    usage: '[options]',
    summary: 'run all services',
    load: async () => (await import('./commands/start.ts')).startCommand,
  },
  {
    name: 'import',
    usage: '',
    summary: "bring in an agent's history",
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'simulate',
    usage: '[options]',
    summary: 'send live load drawn from real sessions',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  {
    name: 'tail',
    usage: '[options]',
    summary: 'show invocations while they happen',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  {
    name: 'coverage',
    usage: '[options]',
    summary: 'show which witness saw what, and what it missed',
    load: async () => (await import('./commands/coverage.ts')).coverageCommand,
  },
  {
    name: 'setup',
    usage: '',
    summary: 'connect an agent to Skillwatch',
    load: async () => (await import('./commands/setup.ts')).setupCommand,
  },
  {
    name: 'hook',
    usage: '[options]',
    summary: 'keep what a hook of Claude Code says',
    load: async () => (await import('./commands/hook.ts')).hookCommand,
  },
  {
    name: 'run',
    usage: '[options] <command...>',
    summary: 'run a command and record what became of it',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'keys',
    usage: '',
    summary: 'make, list and revoke API keys',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  {
    name: 'project',
    usage: '',
    summary: 'show projects and choose which texts they store',
    load: async () => (await import('./commands/project.ts')).projectCommand,
  },
  {
    name: 'delete',
    usage: '[options]',
    summary: 'delete a session, a person, a skill or the past',
    load: async () => (await import('./commands/delete.ts')).deleteCommand,
  },
  {
    name: 'migrate',
    usage: '',
    summary: 'look at or change the schema of the database',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  {
    name: 'recount',
    usage: '[options]',
    summary: 'prove that every sum is what counting gives',
    load: async () => (await import('./commands/recount.ts')).recountCommand,
  },
  {
    name: 'doctor',
    usage: '[options]',
    summary: 'say what runs, what does not, and how to mend it',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
]
