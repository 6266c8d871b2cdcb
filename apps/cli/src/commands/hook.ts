import { Command } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { examples } from '../help.ts'
import type { HookArguments } from '../hook/arguments.ts'
import { runHook } from '../hook/run-hook.ts'

/** Keeps what a hook of Claude Code says. `main.ts` takes a shorter way to the same work. */
export function hookCommand(context: CommandContext): Command {
  const command = new Command('hook')
    .description(
      'Keep what a hook of Claude Code says: reads its JSON from standard input, adds a line to the spool, and ends with 0 ' +
        'whatever happens, so that the agent goes on. Ingest stores what is spooled as soon as it runs. ' +
        '`skillwatch setup claude-code --command` has Claude Code call it.',
    )
    .option('--spool <folder>', 'where ingest looks for it (environment: INGEST_SPOOL_FOLDER)')
    .option('--texts', 'arguments and results go along, for projects that store them')
    .action(({ spool, texts }: Partial<HookArguments>) => {
      const folder = spool ?? context.settings.spoolFolder
      const problem = runHook({ folder, withTexts: texts === true, nowMs: context.nowMs })
      if (problem !== undefined) note(context, problem)
    })
  return examples(command, [
    ['skillwatch hook < event.json', 'keep one event'],
    ['skillwatch hook --spool /var/lib/skillwatch/spool', 'for an ingest with its own folder'],
  ])
}
