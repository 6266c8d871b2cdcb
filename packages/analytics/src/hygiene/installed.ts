/** A file of a skill, command or sub-agent that is there now. */
export interface InstalledFile {
  readonly kind: 'skill' | 'command' | 'agent'
  readonly skill_name: string
  readonly source: 'user' | 'project' | 'plugin'
  /** The repository or the plugin; empty for files of the user. */
  readonly origin: string
  readonly machine_hash: string
  readonly description: string | null
  readonly description_tokens: number
  readonly content_hash: string
  readonly installed_at_ms: number
}

/** What is installed under one kind and name, wherever. */
export interface InstalledSkill {
  readonly kind: InstalledFile['kind']
  readonly skill_name: string
  readonly places: readonly { readonly source: InstalledFile['source']; readonly origin: string | null }[]
  /** The longest time that one of its files is there. */
  readonly installed_at_ms: number
  readonly description_tokens: number
  /** The file with the longest description: it says most of what the skill does. */
  readonly file: InstalledFile
}

/** Files by kind and name, in the order of these. One skill may be installed in several places. */
export function installedSkills(files: readonly InstalledFile[]): InstalledSkill[] {
  const groups = Map.groupBy(files, ({ kind, skill_name }) => `${kind}\0${skill_name}`)
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, ofSkill]) => {
      const { kind, skill_name } = ofSkill[0]!
      return {
        kind,
        skill_name,
        places: placesOf(ofSkill),
        installed_at_ms: Math.min(...ofSkill.map(({ installed_at_ms }) => installed_at_ms)),
        description_tokens: Math.max(...ofSkill.map(({ description_tokens }) => description_tokens)),
        file: ofSkill.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a)),
      }
    })
}

function placesOf(files: readonly InstalledFile[]): InstalledSkill['places'] {
  const places = new Map(files.map(({ source, origin }) => [`${source}\0${origin}`, { source, origin }]))
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { source, origin }]) => ({ source, origin: origin === '' ? null : origin }))
}

function lengthOf({ description }: InstalledFile): number {
  return description?.length ?? 0
}
