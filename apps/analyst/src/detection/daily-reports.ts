import {
  baselinesAcrossPersons,
  changedVersionFindings,
  dependencyReport,
  type SkillBaselines,
} from '@skillwatch/analytics'
import {
  callsByPerson,
  contentChanges,
  countedUses,
  dependencyUnits,
  openReader,
  type Reader,
  snapshot,
} from '@skillwatch/db'
import type { ChangedVersionReport, DependencyReport } from '@skillwatch/schema'
import { DEPENDENCY_UNITS } from '@skillwatch/schema/vocabulary'
import { reportOf } from '../report.ts'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 90
/** Changes of files that are compared are of these days. Older comparisons have ended, and stay. */
const CHANGES_DAYS = 60

/** A run for one project. */
export interface DailyRun {
  readonly databaseUrl: string
  readonly projectId: number
  /** The end of the window, which is 90 days long. */
  readonly untilMs: number
}

/** What is computed once a day. */
export type DailyReport = DependencyReport | SkillBaselines | ChangedVersionReport

/** What is used together, what is usual over all persons, and what changes of skills have changed. */
export function dailyReports({ databaseUrl, projectId, untilMs }: DailyRun): DailyReport[] {
  const window = { sinceMs: untilMs - WINDOW_DAYS * DAY_MS, untilMs }
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => [
    ...DEPENDENCY_UNITS.map((unit) =>
      dependencyReport(dependencyUnits(reader, projectId, { unit, ...window }), {
        ...{ unit, computedAtMs: untilMs },
        ...window,
      }),
    ),
    baselinesAcrossPersons(callsByPerson(reader, projectId, [window.sinceMs, untilMs]), window),
    changedVersionReport(reader, projectId, untilMs),
  ])
}

function changedVersionReport(reader: Reader, projectId: number, untilMs: number): ChangedVersionReport {
  const sinceMs = untilMs - CHANGES_DAYS * DAY_MS
  const findings = changedVersionFindings(
    contentChanges(reader, projectId),
    (change, fromMs, toMs) => countedUses(reader, projectId, change, [fromMs, toMs]),
    { sinceMs, untilMs },
  )
  const inOrder = findings.toSorted((a, b) => (a.opened_at < b.opened_at ? -1 : 1))
  return { ...reportOf(inOrder, { reportSinceMs: sinceMs, untilMs }), type: 'changed_version' }
}
