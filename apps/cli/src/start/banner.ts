import type { Paint } from '../context.ts'
import type { Settings } from '../settings.ts'
import { columns, cut, pad } from '../text.ts'

const NEXT_COMMANDS = [
  ['import claude-code', "import your agent's history"],
  ['tail', 'follow invocations live'],
  ['findings', 'show what differs from usual'],
  ['doctor', 'check this installation'],
] as const

/**
 * What `start` prints when all services are ready. Explanations are cut to the width; addresses and commands
 * are not, as people copy them.
 */
export function bannerLines(
  { listeners, databaseUrl }: Pick<Settings, 'listeners' | 'databaseUrl'>,
  width: number,
  paint: Paint,
): string[] {
  const { ingest, 'ws-gateway': gateway, exporter, analyst } = listeners
  const row = (text: string, more: string) => withExplanation(`  ${text}`, paint('dim', more), width)
  const address = (use: string, url: string, more: string) =>
    row(`${use.padEnd(8)} ${pad(paint('bold', url), 30)}`, more)
  return [
    ...titleLines(databaseUrl, width),
    '',
    address('record', ingest.url, 'ingest'),
    address('read', gateway.url, 'ws-gateway'),
    address('stream', gateway.url.replace(/^http/, 'ws'), 'ws-gateway, live'),
    address('metrics', `${exporter.url}/metrics`, 'exporter, for Prometheus'),
    address('health', analyst.url, 'analyst, which finds anomalies'),
    address('API', `${ingest.url}/docs`, 'of ingest'),
    address('', `${gateway.url}/docs`, 'of ws-gateway'),
    '',
    'Next, in another window:',
    ...NEXT_COMMANDS.map(([command, use]) => row(`npx skillwatch ${command.padEnd(20)}`, use)),
    '',
    'Ctrl-C stops it.',
  ]
}

/** In two lines where one is too short. */
function titleLines(databaseUrl: string, width: number): string[] {
  const title = 'Skillwatch runs on'
  const line = `${title} ${databaseUrl}`
  return columns(line) <= width ? [line] : [title, `  ${databaseUrl}`]
}

function withExplanation(text: string, more: string, width: number): string {
  const room = width - columns(text) - 1
  return room > 0 ? `${text} ${cut(more, room)}` : text.trimEnd()
}
