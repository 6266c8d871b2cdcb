import {
  type PredictionReport,
  predictionReport,
  type WorkflowReport,
  workflowReport,
} from '@skillwatch/analytics'
import { DEFAULT_PROJECT, openReader, type Reader, sessionCalls, snapshot } from '@skillwatch/db'
import type { FindingsReply } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { whileShown } from '../working.ts'
import { demandProject } from './read.ts'
import { toWindow, type Window, type WindowOptions } from './window.ts'

/** The options of `analyse predictions` and `analyse workflow`, as their command lines set them. */
export interface SessionReportOptions extends WindowOptions {
  readonly timeZone?: string
  readonly json?: boolean
  readonly databaseUrl: string
  readonly url: string
}

type LocalWindow = Window & { readonly timeZone: string }

/** A report, and what is said of it. */
interface Kind<Report> {
  /** Shown meanwhile. */
  readonly working: string
  compute(reader: Reader, projectId: number, window: LocalWindow): Report
  text(report: Report): string
  /** The command that shows it. */
  readonly show: string
}

/** A full report takes seconds to store. */
const STORED_MS_MAX = 60_000
/** What is known before a call includes those of the skill in 7 days before. */
const BEFORE_MS = 7 * 86_400_000

const PREDICTIONS: Kind<PredictionReport> = {
  working: 'Training and judging a model for each skill…',
  compute: (reader, projectId, window) =>
    predictionReport(sessionCalls(reader, projectId, [window.sinceMs - BEFORE_MS, window.untilMs]), window),
  text: ({ predictions }) => {
    const count = (verdict: string) =>
      exactNumber(predictions.filter((each) => each.verdict === verdict).length)
    return (
      `${withNoun(predictions.length, 'skill', exactNumber)}: ${count('better than the base rate')} with a ` +
      `model that is better than the base rate, ${count('no better than the base rate')} with one that is not, ` +
      `${count('not enough data')} without enough data.`
    )
  },
  show: '`skillwatch predict <skill>` shows one.',
}

const WORKFLOW: Kind<WorkflowReport> = {
  working: 'Counting what the phases of work took…',
  compute: (reader, projectId, window) =>
    workflowReport(sessionCalls(reader, projectId, [window.sinceMs, window.untilMs]), window),
  text: ({ phases, transitions, calls, calls_without_phase }) =>
    `${withNoun(phases.length, 'phase', exactNumber)} and ` +
    `${withNoun(transitions.length, 'transition', exactNumber)} from ` +
    `${withNoun(calls - calls_without_phase, 'call', exactNumber)} with a phase, of ${exactNumber(calls)}.`,
  show: '`skillwatch workflow` shows them.',
}

/** Trains and judges a model for each skill, and has ingest store them. */
export function analysePredictions(context: CommandContext, options: SessionReportOptions): Promise<void> {
  return analyseSessions(context, options, PREDICTIONS)
}

/** Computes what the phases of work took, and has ingest store it. */
export function analyseWorkflow(context: CommandContext, options: SessionReportOptions): Promise<void> {
  return analyseSessions(context, options, WORKFLOW)
}

/** @throws {CliError} when the options name no window or project, or ingest does not store the report */
async function analyseSessions<Report>(
  context: CommandContext,
  options: SessionReportOptions,
  kind: Kind<Report>,
): Promise<void> {
  const window = {
    ...toWindow(options, context.nowMs()),
    timeZone: options.timeZone ?? machineTimeZone(),
  }
  using reader = openReader(options.databaseUrl)
  const { project_id, name } = demandProject(reader, context.settings.project ?? DEFAULT_PROJECT)
  const report = whileShown(context, kind.working, () =>
    snapshot(reader, () => kind.compute(reader, project_id, window)),
  )
  // With the name, ingest refuses a key of another project than the one that was read.
  const ingest = { ...ingestEndpoint(context, options.url), project: name }
  const request = { method: 'POST', body: report, signal: context.signal, timeoutMs: STORED_MS_MAX }
  const stored = await demand<FindingsReply>(ingest, '/v1/findings', request)
  if (options.json) return print(context, JSON.stringify({ project: name, ...report, stored }, null, 2))
  printLines(context, wrap(kind.text(report), widthOf(context)))
  note(context, kind.show)
}
