import { type Command, Option } from 'commander'
import { type CommandContext, note } from './context.ts'
import type { Endpoint } from './http.ts'
import { parseServiceUrl, type ServiceName } from './settings.ts'

/** Adds a section to the end of the help. Its heading looks like those of commander. */
export function section(command: Command, heading: string, text: string | (() => string)): Command {
  return command.addHelpText('after', () => {
    const { styleTitle } = command.configureHelp()
    return `\n${styleTitle?.(heading) ?? heading}${typeof text === 'string' ? text : text()}`
  })
}

/** Adds a section of examples to the help; where they are too wide, what each does is below it. */
export function examples(
  command: Command,
  lines: readonly (readonly [commandLine: string, what: string])[],
): Command {
  const width = Math.max(...lines.map(([commandLine]) => commandLine.length))
  const beside = lines.map(([commandLine, what]) => `  ${commandLine.padEnd(width)}  ${what}`)
  const below = lines.flatMap(([commandLine, what]) => [`  ${commandLine}`, `      ${what}`])
  return section(command, 'Examples:', () => {
    const helpWidth = command.configureOutput().getOutHelpWidth!()
    const shown = beside.every(({ length }) => length <= helpWidth) ? beside : below
    return `\n${shown.join('\n')}`
  })
}

/** `--url`, for commands that call ingest. */
export function ingestUrlOption({ settings }: CommandContext): Option {
  return urlOption('ingest', settings.ingestUrl)
}

/** Adds `--url` to a command that reads from ws-gateway, and the old name of this option. */
export function addGatewayUrl(command: Command, context: CommandContext): Command {
  return command
    .addOption(urlOption('ws-gateway', context.settings.gatewayUrl))
    .addOption(new Option('--gateway-url <url>', 'deprecated: the old name of --url'))
    .on('option:gateway-url', (url: string) => {
      note(context, '--gateway-url is deprecated: its name is --url now.')
      command.setOptionValueWithSource('url', url, 'cli')
    })
}

function urlOption(service: ServiceName, url: string): Option {
  const text = `address of ${service}, or only of its host: http://<host> (environment: SKILLWATCH_URL)`
  return new Option('--url <url>', text).default(url)
}

/** @throws {CliError} (usage) when the address is invalid */
export function ingestEndpoint(context: CommandContext, url = context.settings.ingestUrl): Endpoint {
  return endpoint(context, 'ingest', url, 'SKILLWATCH_INGEST_URL')
}

/** @throws {CliError} (usage) when the address is invalid */
export function gatewayEndpoint(context: CommandContext, url = context.settings.gatewayUrl): Endpoint {
  return endpoint(context, 'ws-gateway', url, 'SKILLWATCH_GATEWAY_URL')
}

/** @throws {CliError} (usage) when the address is invalid */
export function exporterEndpoint(context: CommandContext, url = context.settings.exporterUrl): Endpoint {
  return endpoint(context, 'exporter', url, 'SKILLWATCH_EXPORTER_URL')
}

/** @throws {CliError} (usage) when the address is invalid */
export function analystEndpoint(context: CommandContext, url = context.settings.analystUrl): Endpoint {
  return endpoint(context, 'analyst', url, 'SKILLWATCH_ANALYST_URL')
}

/** @param ownVariable the variable of this service alone, which is stronger than SKILLWATCH_URL */
function endpoint(
  { settings, env }: CommandContext,
  name: ServiceName,
  url: string,
  ownVariable: string,
): Endpoint {
  const { port } = settings.listeners[name]
  const option = `--url or ${env[ownVariable] ? ownVariable : 'SKILLWATCH_URL'}`
  const { apiKey, project } = settings
  return { name, url: parseServiceUrl(url, '--url', port), port, apiKey, project, option }
}
