import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import { importClaudeCodeCommand } from './import-claude-code.ts'
import { importNdjsonCommand } from './import-ndjson.ts'
import { importSessionBuddyCommand } from './import-session-buddy.ts'

/** Brings in what other programs have recorded. */
export function importCommand(context: CommandContext): Command {
  const command = new Command('import')
    .description('Bring in the history of an agent. Run it again at any time: nothing is stored twice.')
    .addCommand(importClaudeCodeCommand(context))
    .addCommand(importSessionBuddyCommand(context))
    .addCommand(importNdjsonCommand(context))
  return examples(command, [
    ['skillwatch import claude-code', 'what Claude Code has done on this machine'],
    ['skillwatch import session-buddy .session-buddy/skills.db', 'what session-buddy has recorded'],
    ['skillwatch import ndjson calls.ndjson', 'lines of JSON from anywhere'],
  ])
}
