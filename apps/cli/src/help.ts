import { type Command, Option } from 'commander'
import type { CommandContext } from './context.ts'

/** Adds a section of examples, each a command line and what it does. */
export function examples(command: Command, lines: readonly (readonly [commandLine: string, what: string])[]): Command {
  const width = Math.max(...lines.map(([commandLine]) => commandLine.length))
  const text = lines.map(([commandLine, what]) => `  ${commandLine.padEnd(width)}  ${what}`).join('\n')
  return command.addHelpText('after', `\nExamples:\n${text}`)
}

/** `--url`: where ingest is, for commands that write. */
export function ingestUrlOption({ settings }: CommandContext): Option {
  return new Option('--url <url>', 'address of ingest (environment: SKILLWATCH_INGEST_URL)').default(settings.ingestUrl)
}

/** `--gateway-url`: where the gateway is, for commands that read. */
export function gatewayUrlOption({ settings }: CommandContext): Option {
  return new Option('--gateway-url <url>', 'address of the gateway (environment: SKILLWATCH_GATEWAY_URL)').default(
    settings.gatewayUrl,
  )
}
