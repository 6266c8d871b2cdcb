import type { AnomalyRow, FindingsReply, ParsedFinding, ParsedFindingsReport } from '@skillwatch/schema'
import { byAge, planFindings } from '../../findings/plan.ts'
import { privateFinding } from '../../findings/private-finding.ts'
import { hashOfProject } from '../../projects.ts'
import type { Writer } from '../open.ts'
import type { SqliteRecordingStorage } from '../recording/storage.ts'
import type { FindingStatements } from './findings.ts'
import { FindingSeriesStatements } from './series.ts'

/** Findings that a project keeps; a report drops the oldest resolved ones beyond. */
const FINDINGS_KEPT_MAX = 100_000

/**
 * Makes the function that makes the findings of a window equal to those of a report, in one transaction,
 * with one change in the log for each that differs.
 */
export function createSaveFindings(
  writer: Writer,
  storage: SqliteRecordingStorage,
  keptMax = FINDINGS_KEPT_MAX,
) {
  const { findings, changeLog } = storage
  const series = new FindingSeriesStatements(storage.sqlite)
  return (projectId: number, report: ParsedFindingsReport, nowMs: number): FindingsReply =>
    storage.immediate(() => {
      const hash = hashOfProject(writer, projectId)
      const all = report.findings.map((finding) => privateFinding(finding, hash))
      const reported = aboutRecordedSkills(findings, projectId, all)
      const stored = storedFindings(findings, projectId, { ...report, findings: reported })
      const dropped = beyondBound(findings, projectId, { stored, reported, keptMax })
      const isDropped = new Set(dropped.map(({ finding_id }) => finding_id))
      const plan = planFindings(
        [...stored, ...dropped.filter((each): each is AnomalyRow => 'row_id' in each)],
        reported.filter(({ finding_id }) => !isDropped.has(finding_id)),
      )
      changeLog.append(projectId, findings.apply(projectId, plan))
      // A comparison of versions is no alarm.
      if (report.type === 'anomaly') series.add(projectId, plan.inserts, nowMs)
      return {
        inserted: plan.inserts.length,
        updated: plan.updates.length,
        deleted: plan.deletes.filter(({ finding_id }) => !isDropped.has(finding_id)).length,
        unchanged: plan.unchanged,
        skipped: report.findings.length - reported.length,
        dropped: dropped.length,
      }
    })
}

/** A report that was computed before a deletion must not undo it. */
function aboutRecordedSkills(
  findings: FindingStatements,
  projectId: number,
  reported: readonly ParsedFinding[],
): ParsedFinding[] {
  const known = new Map<string, boolean>()
  return reported.filter((finding) => {
    const key = `${finding.kind}\0${finding.skill_name}`
    const hasCalls = known.get(key) ?? findings.hasCalls(projectId, finding)
    known.set(key, hasCalls)
    return hasCalls
  })
}

/** The findings of the window, and those outside of it that the report has. */
function storedFindings(
  findings: FindingStatements,
  projectId: number,
  { findings: reported, ...report }: ParsedFindingsReport,
): AnomalyRow[] {
  const inWindow = findings.inWindow(projectId, report)
  const ids = new Set(inWindow.map(({ finding_id }) => finding_id))
  const others = reported.filter(({ finding_id }) => !ids.has(finding_id))
  return [...inWindow, ...others.flatMap(({ finding_id }) => findings.byId(projectId, finding_id) ?? [])]
}

/**
 * What a project would have too many of after the report, the oldest first: stored ones or reported ones.
 */
function beyondBound(
  findings: FindingStatements,
  projectId: number,
  { stored, reported, keptMax }: { stored: AnomalyRow[]; reported: ParsedFinding[]; keptMax: number },
): (AnomalyRow | ParsedFinding)[] {
  const isStored = new Set(stored.map(({ finding_id }) => finding_id))
  const excess = findings.count(projectId) - stored.length + reported.length - keptMax
  if (excess <= 0) return []
  const others = findings
    .oldest(projectId, excess + stored.length)
    .filter(({ finding_id }) => !isStored.has(finding_id))
  return [...reported, ...others].sort(byAge).slice(0, excess)
}
