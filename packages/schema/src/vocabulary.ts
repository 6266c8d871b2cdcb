// Imports nothing that loads the schemas, so that a command that needs only these words starts fast.

export {
  COST_USD_MAX,
  DESCRIPTION_LENGTH_MAX,
  DURATION_MS_MAX,
  NAME_LENGTH_MAX,
  SKILL_FILES_MAX,
  TEXT_LENGTH_MAX,
  TOKENS_MAX,
} from './limits.ts'
export { isLoopback } from './loopback.ts'

export const KINDS = ['skill', 'command', 'agent', 'mcp', 'tool'] as const
export const OUTCOMES = ['running', 'completed', 'failed', 'rejected', 'abandoned'] as const
export const WITNESSES = ['sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import'] as const
/** Within what skills are used together, and follow each other. */
export const DEPENDENCY_UNITS = ['session', 'turn'] as const
export const SCOPES = ['ingest', 'read', 'findings', 'experiments', 'admin'] as const
export const EXPERIMENT_GROUPS = ['control', 'treatment'] as const
export const EXPERIMENT_STATUSES = ['running', 'concluded', 'stopped'] as const
/** What experiments compare. */
export const EXPERIMENT_METRICS = ['completion_rate', 'duration_seconds', 'rating', 'cost_usd'] as const
export const EXPERIMENT_VERDICTS = [
  'control',
  'treatment',
  'no_difference_shown',
  'not_enough_data',
  'do_not_trust',
] as const
/** What is defined by files that `skillwatch skills scan` reads. */
export const SKILL_FILE_KINDS = ['skill', 'command', 'agent'] as const
export const SKILL_SOURCES = ['user', 'project', 'plugin'] as const
/** What categories and modalities are about; the words are session-buddy's. */
export const DOMAINS = ['code', 'documentation', 'testing', 'deployment'] as const
