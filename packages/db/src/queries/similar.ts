import {
  type Cluster,
  type ClusterRow,
  formatInstant,
  type Kind,
  type MembershipRow,
  type SimilarityRow,
  type SimilarityRun,
  type SimilarityRunRow,
  type SimilarSkill,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'
import { kindsOf } from './kinds-of.ts'

export interface SimilarQuery {
  skill_name: string
  /** All kinds that have the name by default. */
  kind?: Kind
  limit: number
}

/** The most similar skills of a skill first. Reads the rows of the skill by their key, at most 20 of a kind. */
export function listSimilar(
  reader: Reader,
  projectId: number,
  { skill_name, kind, limit }: SimilarQuery,
): SimilarSkill[] {
  const kinds = kind === undefined ? kindsOf(reader, projectId, skill_name) : [kind]
  const rows = kinds.flatMap((each) => {
    const statement = sql<SimilarityRow>`
      select * from skill_similarity where project_id = ${projectId} and kind = ${each}
        and skill_name = ${skill_name}`
    return all(reader.sqlite, statement.compile(reader.db))
  })
  return rows
    .sort((a, b) => b.score - a.score || a.row_id - b.row_id)
    .slice(0, limit)
    .map(toSimilarSkill)
}

function toSimilarSkill({
  row_id: _,
  project_id: __,
  last_updated_at_ms: ___,
  ...row
}: SimilarityRow): SimilarSkill {
  return { ...row, source: sourceOf(row), reason: reasonOf(row) }
}

type Scores = Omit<SimilarityRow, 'row_id' | 'project_id' | 'last_updated_at_ms'>

function sourceOf({ co_use_score, text_score }: Scores): SimilarSkill['source'] {
  if (co_use_score === null || co_use_score === 0) return 'text'
  return text_score === 0 ? 'co_use' : 'co_use_and_text'
}

function reasonOf(row: Scores): string {
  const { sessions_with_both, sessions_with, co_use_score, text_score } = row
  const together = `${sessions_with_both} of its ${sessions_with} sessions have both`
  const words = `their names and descriptions have a text score of ${text_score.toFixed(2)}`
  const used = `They are used with the same other skills (co-use score ${(co_use_score ?? 0).toFixed(2)})`
  switch (sourceOf(row)) {
    case 'text':
      return `${words.replace('their', 'Their')}, and ${together}.`
    case 'co_use':
      return `${used}, and ${together}.`
    default:
      return `${used}, ${words}, and ${together}.`
  }
}

/** What similar skills and clusters were computed from; undefined before the first run. */
export function getSimilarityRun(reader: Reader, projectId: number): SimilarityRun | undefined {
  const statement = sql<SimilarityRunRow>`select * from skill_similarity_run where project_id = ${projectId}`
  const row = first(reader.sqlite, statement.compile(reader.db))
  if (row === undefined) return undefined
  const { project_id: _, computed_at_ms, since_at_ms, until_at_ms, ...counts } = row
  return {
    ...counts,
    computed_at: formatInstant(computed_at_ms),
    since: formatInstant(since_at_ms),
    until: formatInstant(until_at_ms),
    enough: row.sessions >= row.sessions_needed,
  }
}

export interface ClustersQuery {
  limit: number
  cursor?: string
}

/**
 * Clusters with their members, the largest first.
 * @throws {CursorError}
 */
export function listClusters(
  reader: Reader,
  projectId: number,
  { limit, cursor }: ClustersQuery,
): Page<Cluster> {
  const [after] = cursor === undefined ? [0] : decodeCursor(cursor, 'clusters', ['integer'])
  const statement = sql<ClusterRow>`
    select * from skill_clusters where project_id = ${projectId} and cluster_id > ${after}
    order by cluster_id limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  const page = toPage(rows, limit, ({ cluster_id }) => encodeCursor('clusters', [cluster_id]))
  return { ...page, items: page.items.map((row) => toCluster(row, membersOf(reader, row))) }
}

function membersOf(reader: Reader, { project_id, cluster_id }: ClusterRow): Cluster['members'] {
  const statement = sql<MembershipRow>`
    select * from skill_cluster_membership where project_id = ${project_id} and cluster_id = ${cluster_id}`
  return all(reader.sqlite, statement.compile(reader.db))
    .sort((a, b) => b.membership_score - a.membership_score || (a.skill_name < b.skill_name ? -1 : 1))
    .map(({ kind, skill_name, membership_score }) => ({ kind, skill_name, membership_score }))
}

function toCluster(
  { cluster_id, cluster_name, stability, ...row }: ClusterRow,
  members: Cluster['members'],
) {
  const { skill_count, last_updated_at_ms } = row
  return {
    ...{ cluster_id, cluster_name, stability, skill_count, members },
    description:
      `${skill_count} skills that are used in sessions with each other, or with the same others; samples of ` +
      `the sessions agree to ${Math.round(stability * 100)}%.`,
    created_at: formatInstant(last_updated_at_ms),
  }
}
