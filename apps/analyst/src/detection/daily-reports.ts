import { baselinesAcrossPersons, dependencyReport, type SkillBaselines } from '@skillwatch/analytics'
import { callsByPerson, dependencyUnits, openReader, snapshot } from '@skillwatch/db'
import type { DependencyReport } from '@skillwatch/schema'
import { DEPENDENCY_UNITS } from '@skillwatch/schema/vocabulary'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 90

/** A run for one project. */
export interface DailyRun {
  readonly databaseUrl: string
  readonly projectId: number
  /** The end of the window, which is 90 days long. */
  readonly untilMs: number
}

/** What is computed once a day. */
export type DailyReport = DependencyReport | SkillBaselines

/** What is used together in sessions and in turns, and what is usual over all persons. */
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
  ])
}
