import type { Domain } from './taxonomy.ts'

/** A category that every project begins with. */
export interface SeededCategory {
  readonly category_name: string
  readonly parent: string | null
  readonly domain: Domain
  readonly description: string
}

/** The categories of session-buddy's `initialize_taxonomy`, in an order in which parents are first. */
export const SEEDED_CATEGORIES: readonly SeededCategory[] = [
  category('Code Quality', null, 'code', 'Review, types, refactoring, complexity, security'),
  category('Linting & Formatting', 'Code Quality', 'code', 'Linters and formatters'),
  category('Testing', null, 'testing', 'Writing and running tests, coverage'),
  category('Documentation', null, 'documentation', 'Documents, and files such as PDF'),
  category('Build & Deploy', null, 'deployment', 'Builds, packages, containers, releases'),
  category('Git & Version Control', null, 'code', 'Commits, branches, pull requests'),
]

/** What session-buddy's seed says of four skills. */
export const SEEDED_MODALITIES = [
  ['ruff-check', 'code', 'python_source', 'diagnostics', 0],
  ['pytest-run', 'testing', 'python_tests', 'test_results', 0],
  ['sphinx-build', 'documentation', 'rst_docs', 'html_docs', 1],
  ['docker-build', 'deployment', 'dockerfile', 'docker_image', 0],
] as const

function category(
  category_name: string,
  parent: string | null,
  domain: Domain,
  description: string,
): SeededCategory {
  return { category_name, parent, domain, description }
}
