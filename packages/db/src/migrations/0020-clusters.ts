import type { Migration, SqlDialect } from './dialect.ts'

const KINDS = `('skill', 'command', 'agent', 'mcp', 'tool')`

/** Which skills are similar, and their clusters. */
export const clusters: Migration = {
  version: 20,
  name: 'clusters',
  up: (d) => [
    createRuns(d),
    createSimilarities(d),
    // To delete what names a skill.
    'create index skill_similarity_by_similar on skill_similarity (project_id, similar_kind, similar_name)',
    createClusters(d),
    createMemberships(d),
    'create index skill_cluster_membership_by_cluster on skill_cluster_membership (project_id, cluster_id)',
  ],
  down: () => [
    'drop table skill_cluster_membership',
    'drop table skill_clusters',
    'drop table skill_similarity',
    'drop table skill_similarity_run',
  ],
}

function createRuns(d: SqlDialect): string {
  return `create table skill_similarity_run (
  project_id ${d.integer} primary key,
  computed_at_ms ${d.integer} not null,
  since_at_ms ${d.integer} not null,
  until_at_ms ${d.integer} not null,
  sessions ${d.integer} not null,
  sessions_needed ${d.integer} not null,
  ignored_sessions ${d.integer} not null,
  skills ${d.integer} not null,
  left_out_skills ${d.integer} not null,
  bootstraps ${d.integer} not null,
  stability ${d.real},
  stability_needed ${d.real} not null,
  unstable_clusters ${d.integer} not null
) ${d.table}`
}

function createSimilarities(d: SqlDialect): string {
  return `create table skill_similarity (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  kind text not null check (kind in ${KINDS}),
  skill_name text not null,
  similar_kind text not null check (similar_kind in ${KINDS}),
  similar_name text not null,
  score ${d.real} not null,
  co_use_score ${d.real},
  text_score ${d.real} not null,
  sessions_with ${d.integer} not null,
  sessions_with_similar ${d.integer} not null,
  sessions_with_both ${d.integer} not null,
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, kind, skill_name, similar_kind, similar_name)
) ${d.table}`
}

/** Its name is session-buddy's, and so are those of the columns that mean the same. */
function createClusters(d: SqlDialect): string {
  return `create table skill_clusters (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  cluster_id ${d.integer} not null,
  cluster_name text not null,
  stability ${d.real} not null,
  skill_count ${d.integer} not null,
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, cluster_id)
) ${d.table}`
}

function createMemberships(d: SqlDialect): string {
  return `create table skill_cluster_membership (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  cluster_id ${d.integer} not null,
  kind text not null check (kind in ${KINDS}),
  skill_name text not null,
  membership_score ${d.real} not null check (membership_score between 0 and 1),
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, kind, skill_name)
) ${d.table}`
}
