import type { IntegrityCheck } from '@skillwatch/db'
import { Command, InvalidArgumentError } from 'commander'
import { type CommandContext, print, widthOf } from '../context.ts'
import { checkApiKey } from '../doctor/access.ts'
import type { Check } from '../doctor/check.ts'
import { checkHooks, checkSettings, checkTelemetry } from '../doctor/claude-settings.ts'
import { checkDatabase } from '../doctor/database.ts'
import { checkLag, checkNewestCall } from '../doctor/log.ts'
import { checkClock, checkDisk, checkNode, checkTranscripts } from '../doctor/machine.ts'
import { checkNames } from '../doctor/names.ts'
import { checkService } from '../doctor/services.ts'
import { checkSpools } from '../doctor/spool.ts'
import { checkCleanup } from '../doctor/transcripts.ts'
import { analystEndpoint, examples, exporterEndpoint, gatewayEndpoint, ingestEndpoint } from '../help.ts'
import { pad, printable, wrap } from '../text.ts'

const MARKS = {
  ok: { mark: '✔', format: 'green' },
  note: { mark: '·', format: 'yellow' },
  broken: { mark: '✘', format: 'red' },
} as const

/** The column at which the texts begin, after marks and names. */
const TEXT_AT = 16

/** Runs all checks and suggests how to fix what is broken. */
export function doctorCommand(context: CommandContext): Command {
  const command = new Command('doctor')
    .description(
      'Check the services, the database and the settings of Claude Code, and suggest fixes. Changes ' +
        'nothing. Exit code 1 when something is broken.',
    )
    .option('--full', 'check the whole database file, also a large one')
    .option('--json', 'print the checks as JSON')
    .option('--url <url>', 'host of the services: http://<host> (environment: SKILLWATCH_URL)', parseHostUrl)
    .action(async ({ json, full = false, url }: { json?: boolean; full?: boolean; url?: string }) => {
      const checks = await examine(context, full ? 'full' : 'quick', url)
      if (checks.some((check) => check.state === 'broken')) context.exitCode = 1
      if (json) return print(context, JSON.stringify({ healthy: context.exitCode === 0, checks }, null, 2))
      for (const line of checks.flatMap((check) => describe(check, context))) print(context, line)
    })
  return examples(command, [
    ['skillwatch doctor', 'run all checks'],
    ['skillwatch doctor --full', 'also check the whole database file'],
    ['skillwatch doctor --url http://192.168.1.7', 'services on another machine'],
    ['skillwatch doctor --json | jq \'.checks[] | select(.state == "broken")\'', 'for scripts'],
  ])
}

async function examine(
  context: CommandContext,
  thoroughness: IntegrityCheck,
  url: string | undefined,
): Promise<Check[]> {
  const { settings, env } = context
  const nowMs = context.nowMs()
  const [ingest, gateway, exporter, analyst] = [
    ingestEndpoint(context, url),
    gatewayEndpoint(context, url),
    exporterEndpoint(context, url),
    analystEndpoint(context, url),
  ]
  const database = await checkDatabase(settings.databaseUrl, thoroughness)
  const spools = await checkSpools(
    { databasePath: settings.databasePath, folder: settings.spoolFolder },
    nowMs,
  )
  const checks = await Promise.all([
    checkNode(process.version),
    checkClock(nowMs),
    checkService(ingest, 'INGEST_PORT'),
    checkService(gateway, 'WS_GATEWAY_PORT'),
    checkService(exporter, 'EXPORTER_PORT'),
    checkService(analyst, 'ANALYST_PORT'),
    checkApiKey(ingest, gateway),
    ...database.checks,
    checkDisk(settings.databaseUrl.replace(/^sqlite:/, '')),
    ...spools,
    checkLag(gateway, database.facts),
    checkNewestCall(gateway, nowMs),
    checkNames(gateway),
    checkTranscripts(env),
    checkCleanup(env, nowMs),
    checkSettings(env),
    checkHooks(env, settings.spoolFolder),
    checkTelemetry(env, ingest.url),
  ])
  return checks.filter((check) => check !== undefined)
}

/** @throws {InvalidArgumentError} when it names a port, as the services have different ones */
function parseHostUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' && url.port === '') return text
  throw new InvalidArgumentError(
    'Expected http://<host> without a port, as four services are checked; SKILLWATCH_INGEST_URL, ' +
      'SKILLWATCH_GATEWAY_URL, SKILLWATCH_EXPORTER_URL and SKILLWATCH_ANALYST_URL name each of them.',
  )
}

function describe({ name, state, text, fix }: Check, context: CommandContext): string[] {
  const { mark, format } = MARKS[state]
  const paint = context.paint.stdout
  const width = widthOf(context) - TEXT_AT
  const beside = (first: string, lines: readonly string[]) =>
    lines.map((line, index) => pad(index === 0 ? first : '', TEXT_AT) + line)
  return [
    ...beside(`${paint(format, mark)} ${paint('bold', name)}`, wrap(printable(text), width)),
    ...(fix === undefined ? [] : beside('', wrap(`${paint(format, '→')} ${printable(fix)}`, width, '  '))),
  ]
}
