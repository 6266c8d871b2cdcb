import { Command } from 'commander'
import { type CommandContext, note, print, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples } from '../help.ts'
import type { ServiceName } from '../settings.ts'
import { bannerLines } from '../start/banner.ts'
import { demandFreePorts } from '../start/demand-free-ports.ts'
import type { LogLine } from '../start/log-line.ts'
import type { ServiceEnd } from '../start/service-process.ts'
import { CannotStartError, describeEnd, type ServiceEvents, supervise } from '../start/supervise.ts'
import { STARTED_BY_START } from '../start/taken-ports.ts'
import { printable } from '../text.ts'

/** Runs the services as child processes until this process is stopped. */
export function startCommand(context: CommandContext): Command {
  const command = new Command('start')
    .description(
      'Run ingest, ws-gateway, exporter and analyst, restart a service that ends, and stop all on Ctrl-C.',
    )
    .option('-v, --verbose', 'show all log lines of the services, not only errors')
    .action((options: { verbose?: boolean }) => start(context, options.verbose === true))
  return examples(command, [
    ['npm start', 'run all services on ./data/skillwatch.db'],
    ['npm start -- --verbose', 'the same with the logs of the services'],
    ['INGEST_PORT=9766 npm start', 'ingest on another port'],
    ['SKILLWATCH_DATABASE_URL=sqlite:/tmp/try.db npm start', 'another database file'],
  ])
}

async function start(context: CommandContext, verbose: boolean): Promise<void> {
  const { listeners, databaseUrl } = context.settings
  await demandFreePorts(context.settings)
  const names = Object.keys(listeners) as ServiceName[]
  const failed = new AbortController()
  const options = {
    env: {
      ...context.env,
      SKILLWATCH_DATABASE_URL: databaseUrl,
      SKILLWATCH_STARTED_BY: STARTED_BY_START,
      ANALYST_INGEST_URL: context.env.ANALYST_INGEST_URL || listeners.ingest.url,
    },
    signal: AbortSignal.any([context.signal, failed.signal]),
    events: new ServicesView(context, verbose, names),
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

/** Shows what happens to the services. */
class ServicesView implements ServiceEvents {
  readonly #context: CommandContext
  readonly #verbose: boolean
  /** Services that were not ready yet. */
  readonly #starting: Set<ServiceName>
  /** Errors of services that are starting. If the start fails, its error message contains them. */
  readonly #heldErrors: Map<ServiceName, string[]>
  #hasPrintedAddresses = false

  constructor(context: CommandContext, verbose: boolean, names: readonly ServiceName[]) {
    this.#context = context
    this.#verbose = verbose
    this.#starting = new Set(names)
    this.#heldErrors = new Map(names.map((name) => [name, []]))
  }

  onStart(name: ServiceName, pid: number | undefined): void {
    if (this.#verbose) this.#print(name, `runs as process ${pid}`)
  }

  onLine(name: ServiceName, { text, isError }: LogLine): void {
    const line = isError ? this.#context.paint.stderr('red', printable(text)) : printable(text)
    const held = this.#heldErrors.get(name)
    if (isError && !this.#verbose && held) held.push(line)
    else if (isError || this.#verbose) this.#print(name, line)
  }

  onSlow(name: ServiceName, reasons: readonly string[]): void {
    this.#printHeldErrors(name)
    const text = reasons.length === 0 ? 'still starting' : `not ready yet: ${printable(reasons.join('; '))}`
    this.#print(name, text)
  }

  onReady(name: ServiceName): void {
    this.#printHeldErrors(name)
    this.#starting.delete(name)
    if (this.#hasPrintedAddresses) this.#print(name, this.#context.paint.stderr('green', 'is ready again'))
    if (this.#hasPrintedAddresses || this.#starting.size > 0) return
    this.#hasPrintedAddresses = true
    const { settings, paint } = this.#context
    for (const line of bannerLines(settings, widthOf(this.#context), paint.stdout))
      print(this.#context, line)
  }

  onEnd(name: ServiceName, end: ServiceEnd, delayMs: number): void {
    const text = `${describeEnd(end)}; starting it again in ${delayMs} ms. The other services keep running.`
    this.#print(name, this.#context.paint.stderr('yellow', text))
  }

  #print(name: ServiceName, text: string): void {
    note(this.#context, `${this.#context.paint.stderr('dim', name)}  ${text}`)
  }

  #printHeldErrors(name: ServiceName): void {
    for (const text of this.#heldErrors.get(name) ?? []) this.#print(name, text)
    this.#heldErrors.delete(name)
  }
}
