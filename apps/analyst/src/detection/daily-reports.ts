import {
  affinityReport,
  baselinesAcrossPersons,
  changedVersionFindings,
  dependencyReport,
  type PredictionReport,
  predictionReport,
  type SkillBaselines,
  similarityReport,
  type WorkflowReport,
  workflowReport,
} from '@skillwatch/analytics'
import {
  callsByPerson,
  contentChanges,
  countedUses,
  dependencyUnits,
  descriptionsOfSkills,
  openReader,
  type Reader,
  sessionCalls,
  snapshot,
} from '@skillwatch/db'
import type {
  AffinityReport,
  ChangedVersionReport,
  DependencyReport,
  SimilarityReport,
} from '@skillwatch/schema'
import { DEPENDENCY_UNITS } from '@skillwatch/schema/vocabulary'
import { reportOf } from '../report.ts'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 90
/** Any number; the same one, so that the same calls give the same clusters. */
const SIMILARITY_SEED = 1
/** What is known before a call includes those of the skill in so many days before. */
const CALLS_BEFORE_DAYS = 7
/** Changes of files that are compared are of these days. Older comparisons have ended, and stay. */
const CHANGES_DAYS = 60

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
export type DailyReport =
  | DependencyReport
  | SkillBaselines
  | SimilarityReport
  | AffinityReport
  | PredictionReport
  | WorkflowReport
  | ChangedVersionReport

/**
 * What is used together in sessions and in turns, what is usual over all persons, which skills are similar,
 * what persons who use a skill also use, how predictable skills are, what the phases of work take, and what
 * changes of skills have changed.
 */
export function dailyReports({ databaseUrl, projectId, untilMs, timeZone }: DailyRun): DailyReport[] {
  const window = { sinceMs: untilMs - WINDOW_DAYS * DAY_MS, untilMs }
  const computed = { ...window, computedAtMs: untilMs }
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => [
    ...DEPENDENCY_UNITS.map((unit) =>
      dependencyReport(dependencyUnits(reader, projectId, { unit, ...window }), {
        unit,
        ...computed,
      }),
    ),
    baselinesAcrossPersons(callsByPerson(reader, projectId, [window.sinceMs, untilMs]), window),
    similarityReport(dependencyUnits(reader, projectId, { unit: 'session', ...window }).skills(), {
      ...computed,
      seed: SIMILARITY_SEED,
      descriptionOf: descriptionsOfSkills(reader, projectId),
    }),
    affinityReport(callsByPerson(reader, projectId, [window.sinceMs, untilMs]), computed),
    predictionReport(
      sessionCalls(reader, projectId, [window.sinceMs - CALLS_BEFORE_DAYS * DAY_MS, untilMs]),
      { ...window, timeZone },
    ),
    workflowReport(sessionCalls(reader, projectId, [window.sinceMs, untilMs]), { ...window, timeZone }),
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
