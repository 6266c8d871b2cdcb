import type { Migration } from './dialect.ts'

const KIND = `kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool'))`
const DOMAIN = `in ('code', 'documentation', 'testing', 'deployment')`

/** The seed as it was when this migration was written. Each has its name, parent, domain and description. */
const CATEGORIES = [
  ['Code Quality', null, 'code', 'Review, types, refactoring, complexity, security'],
  ['Linting & Formatting', 'Code Quality', 'code', 'Linters and formatters'],
  ['Testing', null, 'testing', 'Writing and running tests, coverage'],
  ['Documentation', null, 'documentation', 'Documents, and files such as PDF'],
  ['Build & Deploy', null, 'deployment', 'Builds, packages, containers, releases'],
  ['Git & Version Control', null, 'code', 'Commits, branches, pull requests'],
] as const

const MODALITIES = [
  ['ruff-check', 'code', 'python_source', 'diagnostics', 0],
  ['pytest-run', 'testing', 'python_tests', 'test_results', 0],
  ['sphinx-build', 'documentation', 'rst_docs', 'html_docs', 1],
  ['docker-build', 'deployment', 'dockerfile', 'docker_image', 0],
] as const

/** Categories of skills and what skills read and make. The names and the seed are session-buddy's. */
export const taxonomy: Migration = {
  version: 25,
  name: 'taxonomy',
  up: (d) => [
    `create table skill_categories (
  category_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  category_name text not null,
  parent_category_id ${d.integer},
  description text,
  domain text check (domain ${DOMAIN}),
  created_at_ms ${d.integer} not null,
  unique (project_id, category_name)
) ${d.table}`,
    `create table skill_category_mapping (
  project_id ${d.integer} not null,
  ${KIND},
  skill_name text not null,
  category_id ${d.integer} not null,
  confidence_score ${d.real} not null check (confidence_score between 0 and 1),
  assigned_by text not null check (assigned_by in ('rule', 'person')),
  rule_id text,
  assigned_at_ms ${d.integer} not null,
  primary key (project_id, kind, skill_name, category_id)
) ${d.keyedTable}`,
    `create index skill_category_mapping_by_category on skill_category_mapping (project_id, category_id)`,
    `create table skill_modalities (
  project_id ${d.integer} not null,
  ${KIND},
  skill_name text not null,
  modality_type text not null check (modality_type ${DOMAIN}),
  input_format text,
  output_format text,
  requires_human_review ${d.integer} not null check (requires_human_review in (0, 1)),
  created_at_ms ${d.integer} not null,
  primary key (project_id, kind, skill_name)
) ${d.keyedTable}`,
    ...CATEGORIES.map(
      ([name, parent, domain, description]) =>
        `insert into skill_categories
    (project_id, category_name, parent_category_id, description, domain, created_at_ms)
  select project_id, '${name}', ${parentId(parent)}, '${description}', '${domain}', created_at_ms from project p`,
    ),
    ...MODALITIES.map(
      ([name, type, input, output, review]) =>
        `insert into skill_modalities (project_id, kind, skill_name, modality_type, input_format, output_format,
    requires_human_review, created_at_ms)
  select project_id, 'skill', '${name}', '${type}', '${input}', '${output}', ${review}, created_at_ms from project`,
    ),
  ],
  down: () => [
    'drop table skill_modalities',
    'drop table skill_category_mapping',
    'drop table skill_categories',
  ],
}

function parentId(parent: string | null): string {
  if (parent === null) return 'null'
  return `(select category_id from skill_categories c where c.project_id = p.project_id and c.category_name = '${parent}')`
}
