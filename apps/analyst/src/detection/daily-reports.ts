import {
  baselinesAcrossPersons,
  dependencyReport,
  type PredictionReport,
  predictionReport,
  type SkillBaselines,
  type WorkflowReport,
  workflowReport,
} from '@skillwatch/analytics'
import { callsByPerson, dependencyUnits, openReader, sessionCalls, snapshot } from '@skillwatch/db'
import type { DependencyReport } from '@skillwatch/schema'
import { DEPENDENCY_UNITS } from '@skillwatch/schema/vocabulary'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 90
/** What is known before a call includes those of the skill in so many days before. */
const CALLS_BEFORE_DAYS = 7

/** A run for one project. */
export interface DailyRun {
  readonly databaseUrl: string
  readonly projectId: number
  /** The end of the window, which is 90 days long. */
  readonly untilMs: number
  /** Of hours and weekdays. */
  readonly timeZone: string
}

/** What is computed once a day. */
export type DailyReport = DependencyReport | SkillBaselines | PredictionReport | WorkflowReport

/**
 * What is used together in sessions and in turns, what is usual over all persons, how predictable skills
 * are, and what the phases of work take.
 */
export function dailyReports({ databaseUrl, projectId, untilMs, timeZone }: DailyRun): DailyReport[] {
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
    predictionReport(
      sessionCalls(reader, projectId, [window.sinceMs - CALLS_BEFORE_DAYS * DAY_MS, untilMs]),
      { ...window, timeZone },
    ),
    workflowReport(sessionCalls(reader, projectId, [window.sinceMs, untilMs]), { ...window, timeZone }),
  ])
}
