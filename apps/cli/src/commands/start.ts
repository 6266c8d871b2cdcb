import { Command } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples } from '../help.ts'
import type { ServiceName } from '../settings.ts'
import { demandFreePorts } from '../start/ports.ts'
import { CannotStartError, describeEnd, type ServiceEvents, supervise } from '../start/supervise.ts'
import { printable } from '../text.ts'

/** Runs the services as children of this process until it is told to stop. */
export function startCommand(context: CommandContext): Command {
  const command = new Command('start')
    .description('Run ingest, ws-gateway and exporter, restart what dies, and stop all on Ctrl-C.')
    .option('-v, --verbose', 'show every line the services log, not only their errors')
    .action((options: { verbose?: boolean }) => start(context, options.verbose === true))
  return examples(command, [
    ['npm start', 'run everything on ./data/skillwatch.db'],
    ['npm start -- --verbose', 'the same with the logs of the services'],
    ['INGEST_PORT=9766 npm start', 'ingest on another port'],
    ['SKILLWATCH_DATABASE_URL=sqlite:/tmp/try.db npm start', 'on another file'],
  ])
}

async function start(context: CommandContext, verbose: boolean): Promise<void> {
  const { listeners, databaseUrl } = context.settings
  await demandFreePorts(listeners)
  const names = Object.keys(listeners) as ServiceName[]
  const failed = new AbortController()
  const options = {
    env: { ...context.env, SKILLWATCH_DATABASE_URL: databaseUrl },
    signal: AbortSignal.any([context.signal, failed.signal]),
    events: createEvents(context, verbose, names),
  }
  const ends = await Promise.allSettled(
    names.map((name) =>
      supervise(name, listeners[name], options).catch((error) => {
        failed.abort()
        throw error
      }),
    ),
  )
  const failure = ends.find((end) => end.status === 'rejected')?.reason
  if (failure instanceof CannotStartError) throw new CliError(failure.message, { cause: failure })
  if (failure !== undefined) throw failure
  note(context, 'Skillwatch has stopped.')
}

function createEvents(
  context: CommandContext,
  verbose: boolean,
  names: readonly ServiceName[],
): ServiceEvents {
  const { paint } = context
  const waiting = new Set(names)
  // Errors of a start that fails are told with the failure; of one that lasts or succeeds, here and later.
  const held = new Map<ServiceName, string[]>(names.map((name) => [name, []]))
  const say = (name: ServiceName, text: string) => note(context, `${paint.stderr('dim', name)}  ${text}`)
  const tellHeld = (name: ServiceName) => {
    for (const text of held.get(name) ?? []) say(name, text)
    held.delete(name)
  }
  let saidAddresses = false
  return {
    onStart(name, pid) {
      if (verbose) say(name, `runs as process ${pid}`)
    },
    onLine(name, { text, isError }) {
      const line = isError ? paint.stderr('red', printable(text)) : printable(text)
      if (isError && !verbose && held.has(name)) held.get(name)!.push(line)
      else if (isError || verbose) say(name, line)
    },
    onSlow(name, reasons) {
      tellHeld(name)
      say(name, reasons.length === 0 ? 'still starting' : `not ready yet: ${printable(reasons.join('; '))}`)
    },
    onReady(name) {
      tellHeld(name)
      waiting.delete(name)
      if (saidAddresses) say(name, paint.stderr('green', 'is back'))
      if (saidAddresses || waiting.size > 0) return
      saidAddresses = true
      printAddresses(context)
    },
    onDeath(name, end, delayMs) {
      const text = `${describeEnd(end)}; starting it again in ${delayMs} ms. The others go on.`
      say(name, paint.stderr('yellow', text))
    },
  }
}

function printAddresses(context: CommandContext): void {
  const { listeners, databaseUrl } = context.settings
  const bold = (text: string) => context.paint.stdout('bold', text)
  const dim = (text: string) => context.paint.stdout('dim', text)
  const gateway = listeners['ws-gateway'].url
  const row = (what: string, url: string, more: string) =>
    print(context, `  ${what.padEnd(8)} ${bold(url.padEnd(30))} ${dim(more)}`)
  print(context, `Skillwatch runs on ${databaseUrl}`)
  print(context)
  row('record', listeners.ingest.url, `ingest; its API at ${listeners.ingest.url}/docs`)
  row('read', gateway, `ws-gateway; its API at ${gateway}/docs`)
  row('stream', gateway.replace(/^http/, 'ws'), 'ws-gateway, live')
  row('metrics', `${listeners.exporter.url}/metrics`, 'exporter, for Prometheus')
  print(context)
  print(context, 'Next, in another window:')
  print(context, `  npx skillwatch import claude-code   ${dim("bring in your agent's history")}`)
  print(context, `  npx skillwatch tail                 ${dim('watch skills happen')}`)
  print(context, `  npx skillwatch doctor               ${dim('what runs, and how to mend what does not')}`)
  print(context)
  print(context, 'Ctrl-C stops it.')
}
