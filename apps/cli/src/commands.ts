import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

/** A command as the help of `skillwatch` shows it. It is loaded when the command line names it. */
export interface CommandEntry {
  readonly name: string
  /** The arguments after the name. */
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
    name: 'overview',
    usage: '[options]',
    summary: 'show what was recorded lately; `skillwatch` alone does the same',
    load: async () => (await import('./commands/overview.ts')).overviewCommand,
  },
  {
    name: 'import',
    usage: '',
    summary: "import an agent's history",
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'simulate',
    usage: '[options]',
    summary: 'send simulated live load',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  {
    name: 'tail',
    usage: '[options]',
    summary: 'show invocations live',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  {
    name: 'skills',
    usage: '[options]',
    summary: 'show every skill: its uses, and the work that followed',
    load: async () => (await import('./commands/skills.ts')).skillsCommand,
  },
  {
    name: 'sessions',
    usage: '[options]',
    summary: 'show one row per session, with calls, tokens and money',
    load: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  },
  {
    name: 'show',
    usage: '[options] <name>',
    summary: 'show one session with its turns and calls, or one skill',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  {
    name: 'deps',
    usage: '[options] [skill]',
    summary: 'show what is used together, and what follows what',
    load: async () => (await import('./commands/deps.ts')).depsCommand,
  },
  {
    name: 'similar',
    usage: '[options] <skill>',
    summary: 'show which skills are similar to one',
    load: async () => (await import('./commands/similar.ts')).similarCommand,
  },
  {
    name: 'clusters',
    usage: '[options]',
    summary: 'show which skills belong together',
    load: async () => (await import('./commands/clusters.ts')).clustersCommand,
  },
  {
    name: 'recommend',
    usage: '[options] [query]',
    summary: 'show which skills to try: for a query, a person or a phase',
    load: async () => (await import('./commands/recommend.ts')).recommendCommand,
  },
  {
    name: 'coverage',
    usage: '[options]',
    summary: 'show which calls each witness reported and missed',
    load: async () => (await import('./commands/coverage.ts')).coverageCommand,
  },
  {
    name: 'usage',
    usage: '[options] [period]',
    summary: 'show tokens and money by day, week, month or session',
    load: async () => (await import('./commands/usage.ts')).usageCommand,
  },
  {
    name: 'report',
    usage: '[options]',
    summary: 'show what changed, as text, Markdown or a page',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  {
    name: 'findings',
    usage: '[options]',
    summary: 'show what the analyst found: skills that differ from usual',
    load: async () => (await import('./commands/findings.ts')).findingsCommand,
  },
  {
    name: 'analyse',
    usage: '[options]',
    summary: 'find when skills differed from what they usually do',
    load: async () => (await import('./commands/analyse.ts')).analyseCommand,
  },
  {
    name: 'baselines',
    usage: '[options] [skill]',
    summary: 'show what is usual for each skill over all persons',
    load: async () => (await import('./commands/baselines.ts')).baselinesCommand,
  },
  {
    name: 'experiment',
    usage: '',
    summary: 'compare two strategies on users who are assigned at random',
    load: async () => (await import('./commands/experiment.ts')).experimentCommand,
  },
  {
    name: 'predict',
    usage: '[options] <skill>',
    summary: 'show how probable it is that a call completes',
    load: async () => (await import('./commands/predict.ts')).predictCommand,
  },
  {
    name: 'workflow',
    usage: '[options]',
    summary: 'show what the phases of work took',
    load: async () => (await import('./commands/workflow.ts')).workflowCommand,
  },
  {
    name: 'hygiene',
    usage: '[options]',
    summary: 'show which installed skills to remove and to mend',
    load: async () => (await import('./commands/hygiene.ts')).hygieneCommand,
  },
  {
    name: 'taxonomy',
    usage: '',
    summary: 'show and change the categories of skills',
    load: async () => (await import('./commands/taxonomy.ts')).taxonomyCommand,
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
    summary: 'store an event of a Claude Code hook',
    load: async () => (await import('./commands/hook.ts')).hookCommand,
  },
  {
    name: 'run',
    usage: '[options] <command...>',
    summary: 'run a command and record it as an invocation',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'keys',
    usage: '',
    summary: 'create, list and revoke API keys',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  {
    name: 'project',
    usage: '',
    summary: 'show and make projects, and choose what they store',
    load: async () => (await import('./commands/project.ts')).projectCommand,
  },
  {
    name: 'delete',
    usage: '[options]',
    summary: 'delete a session, a user, an agent, a skill, a project, or by age',
    load: async () => (await import('./commands/delete.ts')).deleteCommand,
  },
  {
    name: 'migrate',
    usage: '',
    summary: 'show or change the schema of the database',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  {
    name: 'recount',
    usage: '[options]',
    summary: 'compare stored sums with a new count',
    load: async () => (await import('./commands/recount.ts')).recountCommand,
  },
  {
    name: 'doctor',
    usage: '[options]',
    summary: 'check this installation and suggest fixes',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'completion',
    usage: '<shell> [words...]',
    summary: 'print a script that completes command lines in a shell',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
]
