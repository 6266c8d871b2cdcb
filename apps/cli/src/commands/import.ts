import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { importClaudeCodeCommand } from './import-claude-code.ts'
import { importNdjsonCommand } from './import-ndjson.ts'
import { importSessionBuddyCommand } from './import-session-buddy.ts'

/** Imports calls that other programs recorded. */
export function importCommand(context: CommandContext): Command {
  const command = new Command('import')
    .description('Import the history of an agent. It may be run again at any time: nothing is stored twice.')
    .addCommand(importClaudeCodeCommand(context))
    .addCommand(importSessionBuddyCommand(context))
    .addCommand(importNdjsonCommand(context))
  return examples(command, [
    ['skillwatch import claude-code', 'the sessions of Claude Code on this machine'],
    ['skillwatch import session-buddy .session-buddy/skills.db', 'the calls that session-buddy recorded'],
    ['skillwatch import ndjson calls.ndjson', 'observations or invocations, one on each line'],
  ])
}
