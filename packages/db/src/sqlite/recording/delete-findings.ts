import type { AnomalyRow } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { LogEntry } from '../../recording/storage.ts'
import type { FindingStatements, SkillKey } from '../findings/findings.ts'
import { DependencyDeletion } from './delete-dependencies.ts'
import { PredictionDeletion } from './delete-predictions.ts'
import type { StoredSelector } from './selector.ts'

type FindingKey = Pick<AnomalyRow, 'row_id' | 'finding_id'>

/** Deletes findings about skills that are gone, and the series that carry their names (R10). */
export class FindingDeletion {
  readonly #findings: FindingStatements
  readonly #dependencies: DependencyDeletion
  readonly #predictions: PredictionDeletion
  readonly #ofSkill
  readonly #naming
  readonly #all
  readonly #deleteSeries
  readonly #deleteAllSeries

  constructor(sqlite: BetterSqlite3.Database, findings: FindingStatements) {
    this.#findings = findings
    this.#dependencies = new DependencyDeletion(sqlite)
    this.#predictions = new PredictionDeletion(sqlite)
    const select = 'select row_id, finding_id from skill_anomalies where project_id = ?'
    this.#ofSkill = sqlite.prepare<[number, string, string], FindingKey>(
      `${select} and skill_name = ? and +kind = ?`,
    )
    this.#naming = sqlite.prepare<[number, string], FindingKey & Pick<AnomalyRow, 'explanation'>>(
      `select row_id, finding_id, explanation from skill_anomalies
      where project_id = ? and metric = 'pattern_shift' and instr(explanation, ?) > 0`,
    )
    this.#all = sqlite.prepare<[number, number], FindingKey>(`${select} limit ?`)
    this.#deleteSeries = sqlite.prepare<[number, string, string]>(
      'delete from skill_anomaly_series where project_id = ? and kind = ? and skill_name = ?',
    )
    this.#deleteAllSeries = sqlite.prepare<[number]>('delete from skill_anomaly_series where project_id = ?')
  }

  /**
   * Deletes the findings, dependencies, transitions, predictions and parts of the workflow of those of the
   * skills that have no calls any more.
   * @returns the changes of findings
   */
  ofGoneSkills(projectId: number, skills: readonly SkillKey[]): LogEntry[] {
    const unique = new Map(skills.map((skill) => [`${skill.kind}\0${skill.skill_name}`, skill]))
    const gone = [...unique.values()].filter((skill) => !this.#findings.hasCalls(projectId, skill))
    this.#dependencies.ofSkills(projectId, gone)
    this.#predictions.ofSkills(projectId, gone)
    return gone.flatMap(({ kind, skill_name }) =>
      this.#findings.delete(projectId, this.#ofSkill.all(projectId, skill_name, kind)),
    )
  }

  /**
   * Deletes what else a deletion selects: findings that name a deleted skill as what followed another, and
   * at most `limit` of a whole project.
   * @returns their changes
   */
  selected(projectId: number, selector: StoredSelector, limit: number): LogEntry[] {
    if ('everything' in selector) {
      this.#deleteAllSeries.run(projectId)
      return this.#findings.delete(projectId, this.#all.all(projectId, limit))
    }
    if (!('skill_name' in selector)) return []
    const { skill_name } = selector
    for (const kind of selector.kinds) this.#deleteSeries.run(projectId, kind, skill_name)
    const ofSkill = this.ofGoneSkills(
      projectId,
      selector.kinds.map((kind) => ({ kind, skill_name })),
    )
    const naming = this.#naming
      .all(projectId, skill_name)
      .filter(({ explanation }) => containsName(explanation, skill_name))
    return [...ofSkill, ...this.#findings.delete(projectId, naming)]
  }
}

const NAME_BEFORE = /[\p{L}\p{N}_:/-]$/u
const NAME_AFTER = /^[\p{L}\p{N}_:/-]/u

/** Whether a text contains a name, and not only as a part of another name. */
function containsName(text: string, name: string): boolean {
  const parts = text.split(name)
  return parts.slice(1).some((after, i) => !NAME_BEFORE.test(parts[i]!) && !NAME_AFTER.test(after))
}
