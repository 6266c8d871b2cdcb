import type { Migration } from './dialect.ts'

/** Files of skills, commands and sub-agents that scans have found. */
export const skillFiles: Migration = {
  version: 24,
  name: 'skill-files',
  up: (d) => [
    `create table skill_file (
  file_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  machine_hash text not null,
  kind text not null check (kind in ('skill', 'command', 'agent')),
  skill_name text not null,
  source text not null check (source in ('user', 'project', 'plugin')),
  origin text not null,
  description text,
  description_tokens ${d.integer} not null,
  content_hash text not null,
  installed_at_ms ${d.integer} not null,
  first_seen_at_ms ${d.integer} not null,
  last_seen_at_ms ${d.integer} not null,
  removed_at_ms ${d.integer},
  unique (project_id, kind, skill_name, source, origin, machine_hash)
) ${d.table}`,
    'create index skill_file_by_machine on skill_file (project_id, machine_hash, source)',
    `create index skill_file_removed on skill_file (project_id, removed_at_ms)
  where removed_at_ms is not null`,
    `create table skill_file_version (
  project_id ${d.integer} not null,
  file_id ${d.integer} not null,
  first_seen_at_ms ${d.integer} not null,
  changed_at_ms ${d.integer} not null,
  content_hash text not null,
  primary key (project_id, file_id, first_seen_at_ms)
) ${d.keyedTable}`,
    `create table skill_scan (
  project_id ${d.integer} not null,
  machine_hash text not null,
  source text not null check (source in ('user', 'project', 'plugin')),
  repository text not null,
  scanned_at_ms ${d.integer} not null,
  primary key (project_id, machine_hash, source, repository)
) ${d.keyedTable}`,
  ],
  down: () => ['drop table skill_scan', 'drop table skill_file_version', 'drop table skill_file'],
}
