import { baselinesAcrossPersons, type SkillBaselines } from '@skillwatch/analytics'
import { callsByPerson, DEFAULT_PROJECT, openReader, snapshot } from '@skillwatch/db'
import type { FindingsReply } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { sourceText, withheldNotes } from '../baselines/notes.ts'
import { type CommandContext, note, print } from '../context.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { exactNumber } from '../usage/numbers.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { demandProject } from './read.ts'
import { toWindow, type Window, type WindowOptions } from './window.ts'

/** The options of `skillwatch analyse baselines`, as its command line sets them. */
export interface AnalyseBaselinesOptions extends WindowOptions {
  readonly json?: boolean
  readonly databaseUrl: string
  readonly url: string
}

/**
 * Computes what is usual for each skill over all persons, has ingest store it, and prints what was stored.
 * @throws {CliError} when the options name no window or project, or ingest does not store it
 */
export async function analyseBaselines(
  context: CommandContext,
  options: AnalyseBaselinesOptions,
): Promise<void> {
  const { project, report } = readReport(context, options, toWindow(options, context.nowMs()))
  // The key must be of the project that was read.
  const ingest = { ...ingestEndpoint(context, options.url), project }
  const { signal } = context
  const reply = await demand<FindingsReply>(ingest, '/v1/findings', { method: 'POST', body: report, signal })
  if (options.json) return print(context, JSON.stringify({ project, ...report, stored: reply }, null, 2))
  print(context, storedText(report, reply))
  for (const text of withheldNotes(report)) note(context, text)
  if (report.baselines.length > 0) note(context, '`skillwatch baselines` shows them.')
}

function readReport(
  { settings }: CommandContext,
  { databaseUrl }: AnalyseBaselinesOptions,
  window: Window,
): { project: string; report: SkillBaselines } {
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => {
    const { project_id, name } = demandProject(reader, settings.project ?? DEFAULT_PROJECT)
    const rows = callsByPerson(reader, project_id, [window.sinceMs, window.untilMs])
    return { project: name, report: baselinesAcrossPersons(rows, window) }
  })
}

function storedText(report: SkillBaselines, reply: FindingsReply): string {
  const { inserted, updated, unchanged, deleted } = reply
  const stored = withNoun(inserted + updated + unchanged, 'baseline', exactNumber)
  const changes = `${inserted} new, ${updated} changed, ${unchanged} as before, ${deleted} deleted`
  return `Stored ${stored} (${changes}), from ${sourceText(report, machineTimeZone())}.`
}
