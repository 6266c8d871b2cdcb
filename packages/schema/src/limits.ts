/** Longest name (skill, session, agent, …) in UTF-16 code units. */
export const NAME_LENGTH_MAX = 200
/** Longest short text (error class, workflow path, attribute value, …) in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 1_000
