import type BetterSqlite3 from 'better-sqlite3'
import type { LiveLabels } from '../../recording/storage.ts'

/** Most phases that Prometheus sees of one project; the others are counted under `_other`. */
export const LIVE_PHASES_MAX = 100
const OTHER_PHASE = '_other'
/** Remembered ids; they are looked up again when there are more. */
const REMEMBERED_MAX = 10_000

/** The ids of live series, by their labels. */
export class LiveSeriesStatements {
  readonly #select
  readonly #insert
  readonly #selectPhases
  readonly #ids = new Map<string, number>()
  readonly #phases = new Map<number, Set<string>>()
  /** How often a phase was counted as `_other`. */
  otherPhases = 0

  constructor(sqlite: BetterSqlite3.Database) {
    this.#select = sqlite
      .prepare<[number, string, string, string, string], number>(
        `select series_id from skill_live_series where project_id = ? and kind = ? and skill_name = ?
        and workflow_phase = ? and outcome = ? and retired = 0`,
      )
      .pluck()
    this.#insert = sqlite
      .prepare<[number, string, string, string, string], number>(
        `insert into skill_live_series (project_id, kind, skill_name, workflow_phase, outcome,
          invocation_count, execution_count, execution_ms_sum)
        values (?, ?, ?, ?, ?, 0, 0, 0) returning series_id`,
      )
      .pluck()
    this.#selectPhases = sqlite
      .prepare<[number], string>(
        'select distinct workflow_phase from skill_live_series where project_id = ?',
      )
      .pluck()
  }

  /** The id of the series with these labels; it is made when it is missing. */
  idOf(projectId: number, { kind, skill_name, workflow_phase, outcome }: LiveLabels): number {
    const phase = this.#boundedPhase(projectId, workflow_phase)
    const key = `${projectId}\0${kind}\0${skill_name}\0${phase}\0${outcome}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const labels = [projectId, kind, skill_name, phase, outcome] as const
    const id = this.#select.get(...labels) ?? this.#insert.get(...labels)!
    if (this.#ids.size >= REMEMBERED_MAX) this.#ids.clear()
    this.#ids.set(key, id)
    return id
  }

  /** Forgets what may no longer be true: a transaction was rolled back, or series were deleted. */
  clear(): void {
    this.#ids.clear()
    this.#phases.clear()
  }

  #boundedPhase(projectId: number, phase: string): string {
    const known = this.#phases.get(projectId) ?? new Set(this.#selectPhases.all(projectId))
    this.#phases.set(projectId, known)
    if (known.has(phase) || phase === '') return phase
    if (known.size >= LIVE_PHASES_MAX) {
      this.otherPhases++
      return OTHER_PHASE
    }
    known.add(phase)
    return phase
  }
}
