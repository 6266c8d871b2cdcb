import { type Command, Option } from 'commander'
import type { CommandContext } from './context.ts'
import type { Endpoint } from './http.ts'
import { parseServiceUrl } from './settings.ts'

/** Adds a section of examples to the help. */
export function examples(
  command: Command,
  lines: readonly (readonly [commandLine: string, what: string])[],
): Command {
  const width = Math.max(...lines.map(([commandLine]) => commandLine.length))
  const text = lines.map(([commandLine, what]) => `  ${commandLine.padEnd(width)}  ${what}`).join('\n')
  return command.addHelpText('after', `\nExamples:\n${text}`)
}

/** `--url`, for commands that call ingest. */
export function ingestUrlOption({ settings }: CommandContext): Option {
  return new Option('--url <url>', 'address of ingest (environment: SKILLWATCH_INGEST_URL)').default(
    settings.ingestUrl,
  )
}

/** `--gateway-url`, for commands that call ws-gateway. */
export function gatewayUrlOption({ settings }: CommandContext): Option {
  return new Option(
    '--gateway-url <url>',
    'address of ws-gateway (environment: SKILLWATCH_GATEWAY_URL)',
  ).default(settings.gatewayUrl)
}

/** @throws {CliError} (usage) when the address is invalid */
export function ingestEndpoint({ settings }: CommandContext, url = settings.ingestUrl): Endpoint {
  const option = '--url or SKILLWATCH_INGEST_URL'
  return { name: 'ingest', url: parseServiceUrl(url, '--url'), apiKey: settings.apiKey, option }
}

/** @throws {CliError} (usage) when the address is invalid */
export function gatewayEndpoint({ settings }: CommandContext, url = settings.gatewayUrl): Endpoint {
  const option = '--gateway-url or SKILLWATCH_GATEWAY_URL'
  return { name: 'ws-gateway', url: parseServiceUrl(url, '--gateway-url'), apiKey: settings.apiKey, option }
}

export function exporterEndpoint({ settings }: CommandContext): Endpoint {
  return {
    name: 'exporter',
    url: settings.exporterUrl,
    apiKey: settings.apiKey,
    option: 'SKILLWATCH_EXPORTER_URL',
  }
}
