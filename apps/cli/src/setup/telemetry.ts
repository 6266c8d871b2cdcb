import { type Conflict, conflictsOf, DETAILS, type Rule, rulesOf, SIGNALS, type Signal } from './signals.ts'
import { inWords, isOn, type Lookup } from './variables.ts'

export interface TelemetryPlan {
  /** The variables to set. */
  readonly env: Readonly<Record<string, string>>
  /** The signals that will go to Skillwatch. */
  readonly signals: readonly Signal[]
  /** What kept signals from Skillwatch, also those that are forced now. */
  readonly conflicts: readonly (Conflict & { readonly signal: Signal })[]
  readonly warnings: readonly string[]
}

export const NO_TELEMETRY: TelemetryPlan = { env: {}, signals: [], conflicts: [], warnings: [] }

/**
 * Plans the variables for Claude Code: none for a signal that something of the user keeps from Skillwatch.
 * @param force whether to override such variables where possible
 */
export function planTelemetry(lookup: Lookup, ingestUrl: string, force: boolean): TelemetryPlan {
  const conflicts = SIGNALS.flatMap((signal) =>
    conflictsOf(signal, lookup, ingestUrl).map((conflict) => ({ signal, ...conflict })),
  )
  const kept = conflicts.filter(({ canForce }) => !force || !canForce).map(({ signal }) => signal)
  const signals = SIGNALS.filter((signal) => !kept.includes(signal))
  if (signals.length === 0) return { ...NO_TELEMETRY, conflicts }
  const needed = [
    ...signals.flatMap((signal) => rulesOf(signal, ingestUrl).filter((rule) => isSet(rule, lookup, force))),
    // Redacted names are the user's choice, which is not overridden.
    ...(isSet(DETAILS, lookup, false) ? [DETAILS] : []),
  ]
  return {
    env: Object.fromEntries(needed.map(({ name, wanted }) => [name, wanted])),
    signals,
    conflicts,
    warnings: [...redaction(lookup), ...startedExports(lookup, ['METRICS', ...kept])],
  }
}

/** Whether a variable is set: not when the user has another value that serves. */
function isSet({ name, wanted, accepts, isOptional }: Rule, lookup: Lookup, force: boolean): boolean {
  const variable = lookup(name)
  if (variable === undefined) return !isOptional
  return accepts(variable) ? variable.value === wanted && !isOptional : force
}

function redaction(lookup: Lookup): string[] {
  const details = lookup(DETAILS.name)
  if (details === undefined || DETAILS.accepts(details)) return []
  return [`${inWords(details)} ${DETAILS.effect(details)}. Set it to 1 to record them.`]
}

/** Exports that the user configured and that start when the telemetry of Claude Code is enabled. */
function startedExports(lookup: Lookup, signals: readonly string[]): string[] {
  if (isOn(lookup('CLAUDE_CODE_ENABLE_TELEMETRY'))) return []
  return [...new Set(signals)]
    .flatMap((signal) => lookup(`OTEL_${signal}_EXPORTER`) ?? [])
    .filter(({ value }) => value !== 'none')
    .map(
      (exporter) =>
        `with telemetry enabled, Claude Code also starts the export that ${inWords(exporter)} configures. ` +
        `To prevent that, set ${exporter.name}=none in "env" of the settings.`,
    )
}
