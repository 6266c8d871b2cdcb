import type { InstalledFile } from './installed.ts'

/** How `estimatedTokens` estimates. */
const TOKEN_METHOD = 'characters / 4'
const CHARACTERS_PER_TOKEN = 4

/**
 * Estimated tokens of the name and the description of a skill, which each session has in its context. Claude's
 * tokenizer is not public; docs/ANALYTICS.md says how far the estimate is from those of other models.
 */
export function estimatedTokens(skillName: string, description: string): number {
  return Math.ceil([...`${skillName}: ${description}`].length / CHARACTERS_PER_TOKEN)
}

/** Tokens of the files of the user, of plugins, or of one repository. */
interface PlaceCost {
  readonly source: InstalledFile['source']
  readonly repository: string | null
  readonly skills: number
  readonly tokens: number
}

export interface SessionCost {
  readonly method: string
  /** The most tokens first. */
  readonly places: readonly PlaceCost[]
  /** Of the user and of plugins. */
  readonly session_tokens: number
  /** With the repository that has the most. */
  readonly session_tokens_max: number
}

/**
 * What descriptions cost in the context of a session. Where several machines have a place, the one with the
 * most tokens counts: a session runs on one machine.
 */
export function contextCost(files: readonly InstalledFile[]): SessionCost {
  const ofMachines = Map.groupBy(files, ({ machine_hash, source, origin }) =>
    JSON.stringify([source, source === 'project' ? origin : '', machine_hash]),
  )
  const costs = new Map<string, PlaceCost>()
  for (const ofMachine of ofMachines.values()) {
    const cost = costOf(ofMachine)
    const key = `${cost.source}\0${cost.repository}`
    if (cost.tokens >= (costs.get(key)?.tokens ?? 0)) costs.set(key, cost)
  }
  const places = [...costs.values()].sort((a, b) => b.tokens - a.tokens || compare(a, b))
  const session_tokens = places
    .filter(({ source }) => source !== 'project')
    .reduce((sum, { tokens }) => sum + tokens, 0)
  const repository = Math.max(0, ...places.map((each) => (each.source === 'project' ? each.tokens : 0)))
  return { method: TOKEN_METHOD, places, session_tokens, session_tokens_max: session_tokens + repository }
}

function costOf(files: readonly InstalledFile[]): PlaceCost {
  const { source, origin } = files[0]!
  return {
    source,
    repository: source === 'project' ? origin : null,
    skills: files.length,
    tokens: files.reduce((sum, { description_tokens }) => sum + description_tokens, 0),
  }
}

function compare(a: PlaceCost, b: PlaceCost): number {
  return `${a.source}\0${a.repository}` < `${b.source}\0${b.repository}` ? -1 : 1
}
