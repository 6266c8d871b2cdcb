import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { importClaudeCodeCommand } from './import-claude-code.ts'
import { importNdjsonCommand } from './import-ndjson.ts'
import { importSessionBuddyCommand } from './import-session-buddy.ts'

/** Brings in what other programs have recorded. */
export function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description('Bring in the history of an agent.')
    .addCommand(importClaudeCodeCommand(context))
    .addCommand(importSessionBuddyCommand(context))
    .addCommand(importNdjsonCommand(context))
}
