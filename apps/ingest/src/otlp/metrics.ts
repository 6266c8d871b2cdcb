import { redactShapes } from '@skillwatch/schema'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Signal } from './signals.ts'

/** What OpenTelemetry brought, so that nobody has to wonder what became of it. */
export interface OtlpMetrics {
  /** Records that came: spans, log records, data points of metrics. */
  countReceived(signal: Signal, count: number): void
  countUsed(signal: Signal, count: number): void
  countRejected(signal: Signal, count: number): void
  /** Records that tell of nothing that is stored, by what their sender calls them. */
  countUnused(signal: Signal, name: string, count: number): void
  /** Whether the port that is OpenTelemetry's own is listened on. */
  setListening(listening: boolean): void
}

/** Most names of one signal; the sender chooses them, and each becomes a series (R8). */
const NAMES_MAX = 200
/** What a name looks like, with what we may add to it; anything else could be content. */
const NAME = /^[A-Za-z_][\w.:/-]{0,79}( without [\w ]+)?$/
const OTHER = '_other'

export function createOtlpMetrics(registry: Registry): OtlpMetrics {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const received = counter(
    'skillwatch_otlp_received_total',
    'Spans, log records and data points that came.',
    ['signal'],
  )
  const used = counter(
    'skillwatch_otlp_used_total',
    'Records that told of calls, or of requests to models.',
    ['signal'],
  )
  const rejected = counter('skillwatch_otlp_rejected_total', 'Records that could not be read.', ['signal'])
  const unused = counter(
    'skillwatch_otlp_unused_total',
    'Records that tell of nothing that is stored, by their name.',
    ['signal', 'name'],
  )
  const listening = new Gauge({
    name: 'skillwatch_otlp_port_listening',
    help: "1 while OpenTelemetry's own port is listened on; 0 when it is switched off or another program has it.",
    registers: [registry],
  })
  const names = { traces: new Set<string>(), logs: new Set<string>(), metrics: new Set<string>() }
  for (const signal of Object.keys(names))
    for (const each of [received, used, rejected]) each.inc({ signal }, 0)

  function boundedName(signal: Signal, name: string): string {
    const known = names[signal]
    if (!NAME.test(name) || redactShapes(name) !== name || (!known.has(name) && known.size >= NAMES_MAX))
      return OTHER
    known.add(name)
    return name
  }

  return {
    countReceived: (signal, count) => received.inc({ signal }, count),
    countUsed: (signal, count) => used.inc({ signal }, count),
    countRejected: (signal, count) => rejected.inc({ signal }, count),
    countUnused: (signal, name, count) => unused.inc({ signal, name: boundedName(signal, name) }, count),
    setListening: (is) => listening.set(is ? 1 : 0),
  }
}
