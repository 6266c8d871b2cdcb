import { type AnomalyFinding, FALSE_DISCOVERY_RATE } from '@skillwatch/analytics'
import { formatInstant } from '@skillwatch/schema/parse-instant'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { findingsCsv } from '../findings/csv.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { IMPORT_ADVICE } from '../skills/options.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { whileShown } from '../working.ts'
import { baselinesOf, type Coverage, coverageOf } from './coverage.ts'
import { detect } from './detect.ts'
import { coverageLines, findingLines, scheduleText, type View } from './lines.ts'
import { type AnalyseOptions, HOUR_MS, runCount, toSchedule } from './options.ts'
import { type History, type ReadOptions, readHistory } from './read.ts'

/**
 * Runs detection over the past and prints what it found.
 * @throws {CliError} when the options name no window, project or skill; an AbortError on Ctrl-C
 */
export async function analyse(context: CommandContext, options: AnalyseOptions): Promise<void> {
  const { settings } = context
  const schedule = toSchedule(options, context.nowMs())
  const timeZone = options.timeZone ?? machineTimeZone()
  const { databaseUrl } = options
  const history = read(context, { ...schedule, databaseUrl, project: settings.project, timeZone })
  demandSkill(history, options)
  const detected = await detect(context, history.table, schedule)
  const isWanted = selectionOf(options)
  const baselines = baselinesOf(history, detected.state, schedule).filter(isWanted)
  const findings = detected.findings.filter(isWanted).sort(byOpening)
  const coverage = coverageOf(baselines)
  const view: View = { schedule, project: history.project, timeZone, width: widthOf(context) }
  if (options.json) return print(context, JSON.stringify(jsonOf(findings, coverage, view), null, 2))
  if (options.csv) context.stdout.write(findingsCsv(findings))
  if (coverage.skills === 0) return noteNothing(context, history, view)
  if (options.csv) return
  const lines = findingLines(findings, view, context.paint.stdout)
  printLines(context, [...lines, '', ...coverageLines(coverage, baselines, view)])
}

/** Meanwhile Ctrl-C ends the process at once, which harms nothing, as it only reads. */
function read(context: CommandContext, options: ReadOptions): History {
  return whileShown(context, 'Counting the calls of each hour…', () => readHistory(options))
}

interface Named {
  readonly kind: string
  readonly skill_name: string
}

/** What is shown. All skills are tested in any case, since all tests of a run are corrected together. */
function selectionOf({ kind, skill }: Pick<AnalyseOptions, 'kind' | 'skill'>): (each: Named) => boolean {
  const kinds: readonly string[] | undefined = kind
  return (each) =>
    (kinds === undefined || kinds.includes(each.kind)) && (skill === undefined || each.skill_name === skill)
}

/** The newest first; of those that opened together, the surest first. */
function byOpening(a: AnomalyFinding, b: AnomalyFinding): number {
  if (a.opened_at !== b.opened_at) return a.opened_at < b.opened_at ? 1 : -1
  return a.q_value - b.q_value || (a.finding_id < b.finding_id ? -1 : 1)
}

/** @throws {CliError} when no call of the skill is recorded */
function demandSkill({ recorded }: History, options: AnalyseOptions): void {
  const { skill, kind } = options
  if (skill === undefined || recorded.length === 0 || recorded.some(selectionOf(options))) return
  const ofKind = kind === undefined ? '' : ` of kind ${kind.join(' or ')}`
  throw new CliError(
    `no ended call of ${quoted(skill)}${ofKind} is recorded: \`skillwatch skills --since 365d\` lists ` +
      'what was used.',
  )
}

function jsonOf(findings: readonly AnomalyFinding[], coverage: Coverage, view: View): object {
  const { schedule, project, timeZone } = view
  const runs = runCount(schedule)
  return {
    project,
    from: formatInstant(schedule.fromMs),
    to: formatInstant(schedule.toMs),
    every: `${schedule.everyMs / HOUR_MS}h`,
    time_zone: timeZone,
    runs,
    false_discovery_rate: FALSE_DISCOVERY_RATE,
    findings,
    coverage,
  }
}

function noteNothing(context: CommandContext, { recorded }: History, view: View): void {
  const text =
    recorded.length === 0
      ? `No ended call was recorded yet. ${IMPORT_ADVICE}`
      : `No call ended within 28 days before a run ${scheduleText(view)}. \`skillwatch sessions\` shows ` +
        'when the last calls were: choose --from and --to by them.'
  note(context, text)
}
