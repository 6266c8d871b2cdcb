import { basename, dirname, resolve } from 'node:path'
import { claudeFolder } from '../claude-folder.ts'
import type { CommandContext } from '../context.ts'
import { settingsOf } from './edit.ts'
import type { HookChoice } from './hooks.ts'
import { positionOfExtension } from './jsonc.ts'
import { noteWrapped } from './note-wrapped.ts'
import { limitsOfCommands, obstacles } from './obstacles.ts'
import { SIGNALS, type Signal } from './signals.ts'
import type { TelemetryPlan } from './telemetry.ts'

/** A setup as it will be. */
export interface PlannedSetup {
  readonly path: string
  /** The text of the settings file after it. */
  readonly text: string
  readonly hooks: HookChoice
  readonly telemetry: TelemetryPlan
}

/** Prints what keeps events from Skillwatch after the setup, each with what to do. */
export function printWarnings(context: CommandContext, planned: PlannedSetup): void {
  const { path, text, hooks, telemetry } = planned
  const settings = settingsOf(text)
  const position = positionOfExtension(text)
  const warnings = [
    ...(position === undefined ? [] : [notStrict(path, position)]),
    ...obstacles(settings, hooks),
    ...limitsOfCommands(hooks, context.settings),
    ...telemetryWarnings(telemetry),
    ...(telemetry.signals.length === 0 ? [] : otherLimits(context, path, settings)),
  ]
  for (const warning of warnings) noteWrapped(context, `WARNING: ${warning}`)
  if (hooks.hasKey && telemetry.signals.length > 0) noteWrapped(context, keyForTelemetry(telemetry, hooks))
}

/** Why Claude Code does not read a settings file that is JSON with comments. */
export function notStrict(path: string, position: string): string {
  return (
    `Claude Code refuses ${path} and uses none of its settings, because of a comment or trailing comma ` +
    `(${position}). Remove all of them.`
  )
}

function telemetryWarnings({ signals, conflicts, warnings }: TelemetryPlan): string[] {
  const byReason = Map.groupBy(conflicts, ({ reason }) => reason)
  const lines = [...byReason].map(([reason, all]) => {
    const names = all.map(({ signal }) => signal)
    return names.every((name) => signals.includes(name))
      ? `${listed(names)} will go to Skillwatch (--force), although ${reason}.`
      : `${listed(names)} are not set up: ${reason}. ${all[0]!.remedy}`
  })
  return [...lines, ...warnings]
}

function otherLimits(
  { env }: CommandContext,
  path: string,
  { otelHeadersHelper }: Readonly<Record<string, unknown>>,
): string[] {
  const isOfProject = basename(dirname(path)) === '.claude' && dirname(path) !== resolve(claudeFolder(env))
  return [
    ...(isOfProject
      ? [
          'newer versions of Claude Code take the variables of telemetry only from your own settings, not ' +
            'from those of a project. Add them there: `skillwatch setup claude-code --no-hooks`.',
        ]
      : []),
    ...(otelHeadersHelper === undefined
      ? []
      : [
          '`otelHeadersHelper` adds headers to all telemetry. When it sends an Authorization that is no key ' +
            'of Skillwatch, Skillwatch refuses logs and traces.',
        ]),
  ]
}

/** Settings cannot refer to a variable in headers, so the user sets these where Claude Code is started. */
function keyForTelemetry({ signals }: TelemetryPlan, { kind }: HookChoice): string {
  const headers = signals.map((signal) => `OTEL_EXPORTER_OTLP_${signal}_HEADERS`).join(' and ')
  const key = kind === 'http' ? 'SKILLWATCH_API_KEY to the key, and ' : ''
  return `Where Claude Code is started, set ${key}${headers} to "Authorization=Bearer <key>".`
}

function listed(signals: readonly Signal[]): string {
  return SIGNALS.filter((signal) => signals.includes(signal))
    .map((signal) => signal.toLowerCase())
    .join(' and ')
}
