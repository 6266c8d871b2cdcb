import { dependencyReport } from '@skillwatch/analytics'
import { DEFAULT_PROJECT, dependencyUnits, openReader, type Reader, snapshot } from '@skillwatch/db'
import type { DependencyReport, DependencyUnit, FindingsReply } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { lackingText, unitsText } from '../dependencies/lines.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { whileShown } from '../working.ts'
import { demandProject } from './read.ts'
import { toWindow, type Window, type WindowOptions } from './window.ts'

/** The options of `skillwatch analyse dependencies`, as its command line sets them. */
export interface AnalyseDependenciesOptions extends WindowOptions {
  readonly unit: readonly DependencyUnit[]
  readonly json?: boolean
  readonly databaseUrl: string
  readonly url: string
}

/** A full report takes about a second to store. */
const STORED_MS_MAX = 60_000

/**
 * Computes what is used together and what follows what, sends it to ingest, and prints what was stored.
 * @throws {CliError} when the window is empty, there is no such project, or ingest does not take a report
 */
export async function analyseDependencies(
  context: CommandContext,
  options: AnalyseDependenciesOptions,
): Promise<void> {
  const computedAtMs = context.nowMs()
  const window = { ...toWindow(options, computedAtMs), computedAtMs }
  using reader = openReader(options.databaseUrl)
  const { project_id, name } = demandProject(reader, context.settings.project ?? DEFAULT_PROJECT)
  // With the name, ingest refuses a key of another project than the one that was read.
  const ingest = { ...ingestEndpoint(context, options.url), project: name }
  const results: Result[] = []
  for (const unit of options.unit) {
    const text = `Counting what is used together in ${unit}s…`
    const report = whileShown(context, text, () => computeReport(reader, project_id, unit, window))
    const request = { method: 'POST', body: report, signal: context.signal, timeoutMs: STORED_MS_MAX }
    results.push({ report, stored: await demand<FindingsReply>(ingest, '/v1/findings', request) })
  }
  if (options.json) return print(context, JSON.stringify(results.map(jsonOf), null, 2))
  printLines(
    context,
    results.flatMap((result) => wrap(resultText(result), widthOf(context))),
  )
  if (results.some(({ report }) => rowCount(report) > 0)) note(context, '`skillwatch deps` shows them.')
}

interface Result {
  readonly report: DependencyReport
  readonly stored: FindingsReply
}

function computeReport(
  reader: Reader,
  projectId: number,
  unit: DependencyUnit,
  window: Window & { computedAtMs: number },
) {
  const { sinceMs, untilMs } = window
  return snapshot(reader, () =>
    dependencyReport(dependencyUnits(reader, projectId, { unit, sinceMs, untilMs }), { unit, ...window }),
  )
}

function rowCount({ dependencies, transitions }: DependencyReport): number {
  return dependencies.length + transitions.length
}

function jsonOf({ report, stored }: Result): object {
  const { type: _, dependencies, transitions, ...counted } = report
  return { ...counted, dependencies: dependencies.length, transitions: transitions.length, stored }
}

/** `1,240 sessions: 37 pairs and 52 transitions; 80 inserted, 3 updated, 6 unchanged, 2 deleted.` */
function resultText({ report, stored }: Result): string {
  const { units, unit, dependencies, transitions } = report
  const pairs =
    units < report.units_needed
      ? `not enough data for pairs (${lackingText(report, 'units')})`
      : withNoun(dependencies.length, 'pair', exactNumber)
  const follows =
    report.transitions_counted < report.transitions_needed
      ? `not enough data for transitions (${lackingText(report, 'transitions_counted')})`
      : withNoun(transitions.length, 'transition', exactNumber)
  return `${unitsText(units, unit)}: ${pairs}, ${follows}; ${storedText(stored)}.${leftOutText(report)}`
}

function storedText({ inserted, updated, unchanged, deleted, skipped = 0 }: FindingsReply): string {
  const counts = { inserted, updated, unchanged, deleted, skipped }
  const texts = Object.entries(counts).filter(([, count]) => count > 0)
  if (texts.length === 0) return 'nothing to store'
  return texts.map(([what, count]) => `${exactNumber(count)} ${what}`).join(', ')
}

function leftOutText({ left_out_dependencies, left_out_transitions }: DependencyReport): string {
  const leftOut = left_out_dependencies + left_out_transitions
  return leftOut === 0 ? '' : ` ${exactNumber(leftOut)} with the highest q-values were left out.`
}
