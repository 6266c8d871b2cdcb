/** Longest name (skill, session, agent, …) in UTF-16 code units. */
export const NAME_LENGTH_MAX = 200
/** Longest short text (error class, workflow path, attribute value, …) in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 1_000
/** Longest text of a query, of arguments or of a result, in UTF-16 code units. */
export const LONG_TEXT_LENGTH_MAX = 100_000
/** Longest description that Claude Code takes from a SKILL.md. */
export const DESCRIPTION_LENGTH_MAX = 1_024
/** Files that one scan of skills may have. */
export const SKILL_FILES_MAX = 5_000
/** Longest duration that is accepted, in milliseconds: 30 days. */
export const DURATION_MS_MAX = 30 * 24 * 60 * 60 * 1000
/**
 * Far more than a request can cost or hold. Larger numbers are errors of the sender and would distort every
 * sum.
 */
export const COST_USD_MAX = 10_000
export const TOKENS_MAX = 1_000_000_000
