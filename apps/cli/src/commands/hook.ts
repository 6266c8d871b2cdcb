import { Command } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { examples } from '../help.ts'
import type { HookArguments } from '../hook/arguments.ts'
import { runHook } from '../hook/run-hook.ts'

/**
 * Stores an event of a Claude Code hook. For speed `main.ts` runs it without this file, except for its help.
 */
export function hookCommand(context: CommandContext): Command {
  const command = new Command('hook')
    .description(
      'Store an event of a Claude Code hook: read its JSON from standard input and append it to the ' +
        'spool. The exit code is always 0, so that the agent continues. Ingest stores spooled events when ' +
        'it runs. `skillwatch setup claude-code` makes Claude Code call this command.',
    )
    .option('--spool <folder>', 'folder that ingest reads (environment: INGEST_SPOOL_FOLDER)')
    .option('--texts', 'also store arguments and results, for projects that keep them')
    .action(({ spool, texts }: Partial<HookArguments>) => {
      const folder = spool ?? context.settings.spoolFolder
      const problem = runHook({ folder, withTexts: texts === true, nowMs: context.nowMs })
      if (problem !== undefined) note(context, problem)
    })
  return examples(command, [
    ['skillwatch hook < event.json', 'store one event'],
    ['skillwatch hook --spool /var/lib/skillwatch/spool', 'for an ingest that uses this folder'],
  ])
}
