import { redactShapes } from '@skillwatch/schema'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Signal } from './signals.ts'

/** Counts the records that OpenTelemetry sent, by what was done with them. */
export interface OtlpMetrics {
  /** Records received: spans, log records, data points of metrics. */
  countReceived(signal: Signal, count: number): void
  countUsed(signal: Signal, count: number): void
  countRejected(signal: Signal, count: number): void
  /** Records without anything to store, by the name that their sender gave them. */
  countUnused(signal: Signal, name: string, count: number): void
  /** Whether OpenTelemetry's own port is listened on. */
  setListening(listening: boolean): void
}

/** Most names of one signal. The sender chooses them, and each is a series (R8). */
const NAMES_MAX = 200
/**
 * A name of a record, with the suffix that we may add. Any other text could be content and is not used as a
 * name.
 */
const NAME = /^[A-Za-z_][\w.:/-]{0,79}( without [\w ]+)?$/
const OTHER = '_other'

export function createOtlpMetrics(registry: Registry): OtlpMetrics {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const received = counter(
    'skillwatch_otlp_received_total',
    'Spans, log records and data points received.',
    ['signal'],
  )
  const used = counter('skillwatch_otlp_used_total', 'Records with calls or with requests to models.', [
    'signal',
  ])
  const rejected = counter('skillwatch_otlp_rejected_total', 'Records that could not be read.', ['signal'])
  const unused = counter('skillwatch_otlp_unused_total', 'Records without anything to store, by name.', [
    'signal',
    'name',
  ])
  const listening = new Gauge({
    name: 'skillwatch_otlp_port_listening',
    help: "1 while OpenTelemetry's own port is listened on; 0 when it is off or another program uses it.",
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
