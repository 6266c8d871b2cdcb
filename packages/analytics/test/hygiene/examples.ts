import type { NamedText } from '../../src/hygiene/near-duplicates.ts'

/** Two skills, as their SKILL.md describe them. */
type Pair = readonly [NamedText, NamedText]

/**
 * Pairs that do the same: copies that were renamed, shortened, translated into another person or extended.
 * Written for this test, in the manner of published skills.
 */
export const SAME: readonly Pair[] = [
  pair(
    'pdf: Extract text and tables from PDF files, fill forms, merge documents. Use when working with PDF files.',
    'pdf-tools: Extract text and tables from PDF files, fill forms and merge PDF documents.',
  ),
  pair(
    'commit: Write a commit message for the staged changes, following Conventional Commits.',
    'git-commit: Writes a commit message for staged changes that follows Conventional Commits.',
  ),
  pair(
    'code-review: Review the current diff for bugs, security problems and missing tests.',
    'review-code: Reviews the current diff for bugs, security issues, and missing tests before a merge.',
  ),
  pair(
    'deploy: Deploy the service to staging or production with Helm, and watch the rollout.',
    'deploy-helm: Deploy the service to staging or production with Helm and watch its rollout. Roll back on errors.',
  ),
  pair(
    'release-notes: Generate release notes from merged pull requests since the last tag.',
    'release-notes-2: Generate release notes from the merged pull requests since the last tag, grouped by label.',
  ),
  pair(
    'sql-query: Write and explain SQL queries against the analytics warehouse.',
    'warehouse-sql: Write and explain SQL queries for the analytics warehouse (BigQuery).',
  ),
  pair(
    'frontend-design: Create distinctive, production-grade frontend interfaces with high design quality.',
    'frontend-design: Create distinctive production-grade frontend interfaces. Use when the user asks to build web components, pages or applications.',
  ),
  pair(
    'test-writer: Write unit tests for changed functions and run them until they pass.',
    'unit-tests: Write unit tests for the changed functions, then run them until all pass.',
  ),
  pair(
    'i18n: Find strings that are not translated and add them to the message catalogue.',
    'translate: Find untranslated strings, and add them to the message catalogues of all languages.',
  ),
  pair(
    'changelog: Keep CHANGELOG.md up to date from commits.',
    'changelog: Keeps CHANGELOG.md up to date, from the commits since the last release.',
  ),
]

/** Pairs of one domain that do different things. */
export const DIFFERENT: readonly Pair[] = [
  pair(
    'pdf: Extract text and tables from PDF files, fill forms, merge documents. Use when working with PDF files.',
    'docx: Create, edit and read Word documents with tracked changes and comments. Use when working with docx files.',
  ),
  pair(
    'xlsx: Create, edit and analyse spreadsheets with formulas and charts. Use when working with xlsx files.',
    'docx: Create, edit and read Word documents with tracked changes and comments. Use when working with docx files.',
  ),
  pair(
    'commit: Write a commit message for the staged changes, following Conventional Commits.',
    'pr-description: Write the description of a pull request from the commits of its branch.',
  ),
  pair(
    'code-review: Review the current diff for bugs, security problems and missing tests.',
    'security-audit: Audit the dependencies and the code of a repository for known vulnerabilities.',
  ),
  pair(
    'deploy: Deploy the service to staging or production with Helm, and watch the rollout.',
    'rollback: Roll the service back to the release before, with Helm, and open an incident.',
  ),
  pair(
    'release-notes: Generate release notes from merged pull requests since the last tag.',
    'version-bump: Raise the version of all packages, tag the commit and push the tag.',
  ),
  pair(
    'sql-query: Write and explain SQL queries against the analytics warehouse.',
    'sql-migration: Write database migrations that can be undone, and test both directions.',
  ),
  pair(
    'test-writer: Write unit tests for changed functions and run them until they pass.',
    'e2e-tests: Write end-to-end tests with Playwright for the flows that a user names.',
  ),
  pair(
    'test-writer: Write unit tests for changed functions and run them until they pass.',
    'flaky-tests: Find tests that pass and fail without a change, and repair their causes.',
  ),
  pair(
    'frontend-design: Create distinctive, production-grade frontend interfaces with high design quality.',
    'canvas-design: Create visual art in png and pdf documents using design philosophy.',
  ),
  pair(
    'explain-code: Explain how the selected code works, with a diagram.',
    'document-code: Write docstrings for the selected code in the style of the repository.',
  ),
  pair(
    'slack-post: Post a message to a Slack channel when a task is done.',
    'jira-ticket: Create a Jira ticket from a conversation, with steps to reproduce.',
  ),
]

function pair(a: string, b: string): Pair {
  return [named(a), named(b)]
}

function named(text: string): NamedText {
  const [skill_name, ...rest] = text.split(': ')
  return { skill_name: skill_name!, description: rest.join(': ') }
}
