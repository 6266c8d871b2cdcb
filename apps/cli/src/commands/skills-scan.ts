import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { printScan, type ScanOptions } from '../skill-scan/print.ts'

/** Reads the files of installed skills, and has ingest store their names, descriptions and hashes. */
export function skillsScanCommand(context: CommandContext): Command {
  const command = new Command('scan')
    .summary('read the installed skills, for hygiene, taxonomy and comparisons of versions')
    .description(
      'Read the files of skills (SKILL.md), slash commands and sub-agents of the user, of the project of ' +
        'this folder up to the root of its repository, and of plugins, and have ingest store their names, ' +
        'descriptions and content hashes; never their text. What a later scan does not find any more is ' +
        'marked as removed, and another hash is a new version: the analyst compares the uses before and ' +
        'after it, and `skillwatch findings` shows that. TOKENS is what name and description take in the ' +
        'context of each session, estimated as a quarter of the characters.',
    )
    .option('--dir <folder>', 'a folder of the project (default: the current one)')
    .option('--dry-run', 'show what was found, and send nothing')
    .option('--json', 'print what was found and stored as JSON')
    .addOption(ingestUrlOption(context))
    .action((options: ScanOptions) => printScan(context, options))
  return examples(command, [
    ['skillwatch skills scan', 'of the user, of this project, and of plugins'],
    ['skillwatch skills scan --dir ~/web', 'with another project'],
    ['skillwatch skills scan --dry-run', 'only look'],
  ])
}
