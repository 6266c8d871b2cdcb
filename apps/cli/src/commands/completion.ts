import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { candidatesFor } from '../completion/candidates.ts'
import { valuesFrom } from '../completion/values.ts'
import { type CommandContext, print } from '../context.ts'
import { examples, gatewayEndpoint } from '../help.ts'
import { REPOSITORY_ROOT } from '../settings.ts'
import { shellLine } from '../shell-line.ts'
import { printable } from '../text.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** Prints the script that completes command lines in a shell, and answers what that script asks. */
export function completionCommand(context: CommandContext): Command {
  const command = new Command('completion')
    .description(
      'Print a script that completes command lines of skillwatch and of `npx skillwatch` with the Tab ' +
        'key: commands, options, their values, and the sessions and skills that a running server knows.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .argument('[words...]', 'after --, a command line: print what its last word may become, for scripts')
    .action(async (shell: Shell, words: string[]) => {
      if (words.length === 0) context.stdout.write(scriptFor(shell))
      else await printCandidates(context, words, command.parent!)
    })
  return examples(command, [
    ['eval "$(skillwatch completion bash)"', 'in ~/.bashrc, for bash 4.4 and newer'],
    ['eval "$(skillwatch completion zsh)"', 'in ~/.zshrc'],
    ['skillwatch completion fish | source', 'in ~/.config/fish/config.fish'],
  ])
}

/** The script calls this installation, wherever and by whichever name skillwatch is called in the shell. */
function scriptFor(shell: Shell): string {
  const program = shellLine([process.execPath, join(REPOSITORY_ROOT, 'apps/cli/bin.mjs')])
  const script = readFileSync(join(import.meta.dirname, `../completion/skillwatch.${shell}`), 'utf8')
  return script.replaceAll('{program}', () => program)
}

async function printCandidates(
  context: CommandContext,
  words: readonly string[],
  root: Command,
): Promise<void> {
  const gateway = gatewayEndpoint(context, serverIn(words))
  const candidates = await candidatesFor(words, root, valuesFrom(gateway))
  if (candidates === 'paths') return print(context, ':paths')
  for (const { value, description } of candidates) print(context, `${value}\t${printable(description)}`)
}

/** The value of `--url` in a command line. */
function serverIn(words: readonly string[]): string | undefined {
  const index = words.findLastIndex((word, at) => word === '--url' && at < words.length - 2)
  return index < 0 ? undefined : words[index + 1]
}
