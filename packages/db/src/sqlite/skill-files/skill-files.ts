import type { Kind, ParsedSkillFile, SkillFileRow, SkillScope } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { NewVersion, SkillFileUpdate } from '../../skill-files/plan.ts'

/** A scope on a machine. */
export interface MachineScope extends SkillScope {
  readonly project_id: number
  readonly machine_hash: string
}

/** Contents that are kept of a file, the newest ones. */
const VERSIONS_MAX = 20

/** Files of skills in SQLite. */
export class SkillFileStatements {
  readonly #ofScope
  readonly #count
  readonly #oldestRemoved
  readonly #insert
  readonly #update
  readonly #remove
  readonly #addVersion
  readonly #trimVersions
  readonly #deleteVersions
  readonly #delete
  readonly #idsOfSkill
  readonly #fileOf

  constructor(sqlite: BetterSqlite3.Database) {
    this.#ofScope = sqlite.prepare<[MachineScope], SkillFileRow>(
      `select * from skill_file
      where project_id = @project_id and machine_hash = @machine_hash and source = @source
        and (source <> 'project' or origin = @repository)`,
    )
    this.#count = sqlite
      .prepare<[number], number>('select count(*) from skill_file where project_id = ?')
      .pluck()
    this.#oldestRemoved = sqlite
      .prepare<[number, number], number>(
        `select file_id from skill_file where project_id = ? and removed_at_ms is not null
        order by removed_at_ms limit ?`,
      )
      .pluck()
    this.#insert = sqlite
      .prepare<[object], number>(
        `insert into skill_file (project_id, machine_hash, kind, skill_name, source, origin, description,
          description_tokens, content_hash, installed_at_ms, first_seen_at_ms, last_seen_at_ms)
        values (@project_id, @machine_hash, @kind, @skill_name, @source, @origin, @description,
          @description_tokens, @content_hash, @installed_at_ms, @seen_at_ms, @seen_at_ms)
        returning file_id`,
      )
      .pluck()
    this.#update = sqlite.prepare<[SkillFileUpdate]>(
      `update skill_file set description = @description, description_tokens = @description_tokens,
        content_hash = @content_hash, installed_at_ms = @installed_at_ms,
        last_seen_at_ms = @last_seen_at_ms, removed_at_ms = @removed_at_ms
      where file_id = @file_id`,
    )
    this.#remove = sqlite.prepare<[number, number]>(
      'update skill_file set removed_at_ms = ? where file_id = ?',
    )
    this.#addVersion = sqlite.prepare<[object]>(
      `insert or replace into skill_file_version
        (project_id, file_id, first_seen_at_ms, changed_at_ms, content_hash)
      values (@project_id, @file_id, @seen_at_ms, @changed_at_ms, @content_hash)`,
    )
    this.#trimVersions = sqlite.prepare<[object]>(
      `delete from skill_file_version where project_id = @project_id and file_id = @file_id
        and first_seen_at_ms <= (
          select first_seen_at_ms from skill_file_version
          where project_id = @project_id and file_id = @file_id
          order by first_seen_at_ms desc limit 1 offset ${VERSIONS_MAX})`,
    )
    this.#deleteVersions = sqlite.prepare<[number, number]>(
      'delete from skill_file_version where project_id = ? and file_id = ?',
    )
    this.#delete = sqlite.prepare<[number]>('delete from skill_file where file_id = ?')
    this.#idsOfSkill = sqlite
      .prepare<[number, string, string], number>(
        'select file_id from skill_file where project_id = ? and kind = ? and skill_name = ?',
      )
      .pluck()
    this.#fileOf = sqlite.prepare<[number, string, string], Pick<SkillFileRow, 'description'>>(
      'select description from skill_file where project_id = ? and kind = ? and skill_name = ? limit 1',
    )
  }

  ofScope(scope: MachineScope): SkillFileRow[] {
    return this.#ofScope.all(scope)
  }

  count(projectId: number): number {
    return this.#count.get(projectId)!
  }

  oldestRemoved(projectId: number, limit: number): number[] {
    return this.#oldestRemoved.all(projectId, limit)
  }

  insert(project_id: number, machine_hash: string, file: ParsedSkillFile, seen_at_ms: number): void {
    const file_id = this.#insert.get({ ...file, project_id, machine_hash, seen_at_ms })!
    this.addVersion(project_id, { ...file, file_id }, seen_at_ms)
  }

  update(update: SkillFileUpdate): void {
    this.#update.run(update)
  }

  remove(fileId: number, removedAtMs: number): void {
    this.#remove.run(removedAtMs, fileId)
  }

  addVersion(project_id: number, version: NewVersion, seen_at_ms: number): void {
    this.#addVersion.run({ ...version, project_id, seen_at_ms })
    this.#trimVersions.run({ project_id, file_id: version.file_id })
  }

  /** Deletes a file with its versions. */
  delete(projectId: number, fileId: number): void {
    this.#deleteVersions.run(projectId, fileId)
    this.#delete.run(fileId)
  }

  deleteSkill(projectId: number, kind: Kind, skillName: string): void {
    for (const fileId of this.#idsOfSkill.all(projectId, kind, skillName)) this.delete(projectId, fileId)
  }

  /** One of the files of a skill; undefined when it has none. */
  fileOf(projectId: number, kind: Kind, skillName: string): Pick<SkillFileRow, 'description'> | undefined {
    return this.#fileOf.get(projectId, kind, skillName)
  }
}
