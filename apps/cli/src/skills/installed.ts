import type { Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type PluginRoot, pluginRoots } from './plugin-roots.ts'

/** A folder with a SKILL.md. */
export interface InstalledSkill {
  /** As Claude Code calls it; that of a plugin's skill is `<plugin>:<name>`. */
  readonly name: string
  /** Names without a plugin: that of the frontmatter, and that of the folder. */
  readonly ownNames: readonly string[]
  readonly installedIn: 'user' | 'project' | 'plugin'
  /** The folder. */
  readonly path: string
  /** When its SKILL.md was last changed. */
  readonly changedAtMs: number
}

export interface InstalledSkills {
  readonly skills: readonly InstalledSkill[]
  /** Folders that exist and could not be read. */
  readonly unreadable: readonly string[]
  /** Whether the search ended early, as the plugins have too many folders. */
  readonly isCut: boolean
}

const SKILL_FILE = 'SKILL.md'
const FRONTMATTER_BYTES_MAX = 16_384
/** Bounds of the search below a folder of plugins. Links are not followed there. */
const DEPTH_MAX = 7
const FOLDERS_MAX = 20_000
const IGNORED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/**
 * Finds the skills of the user, of a project and of plugins.
 * @param claudeFolder the user's folder of Claude Code
 * @param workingFolder the folder that may contain `.claude/skills` of a project
 */
export async function findInstalledSkills(
  claudeFolder: string,
  workingFolder: string,
  foldersMax = FOLDERS_MAX,
): Promise<InstalledSkills> {
  const search = new Search(foldersMax)
  const [user, project] = [join(claudeFolder, 'skills'), join(workingFolder, '.claude', 'skills')]
  await search.addSkillsOf(user, 'user')
  if (resolve(project) !== resolve(user)) await search.addSkillsOf(project, 'project')
  for (const root of await pluginRoots(claudeFolder)) await search.addSkillsBelow(root)
  return search.result()
}

class Search {
  // One plugin may be on disk in several versions.
  readonly #skills = new Map<string, InstalledSkill>()
  readonly #unreadable = new Set<string>()
  #foldersLeft: number
  #isCut = false

  constructor(foldersMax: number) {
    this.#foldersLeft = foldersMax
  }

  /** Adds the skills in the children of a folder. */
  async addSkillsOf(
    folder: string,
    installedIn: InstalledSkill['installedIn'],
    plugin?: string,
  ): Promise<void> {
    for (const { name } of await this.#entriesOf(folder)) {
      const found = await readSkill(join(folder, name))
      if (found === undefined) continue
      const ownName = found.name ?? name
      const skill: InstalledSkill = {
        name: plugin === undefined ? ownName : `${plugin}:${ownName}`,
        ownNames: [ownName, name],
        installedIn,
        path: join(folder, name),
        changedAtMs: found.changedAtMs,
      }
      const key = `${installedIn}\0${skill.name}`
      if (!this.#skills.has(key)) this.#skills.set(key, skill)
    }
  }

  /** Adds the skills of all folders `skills` below a folder of plugins. */
  async addSkillsBelow({ folder, plugin }: PluginRoot, depth = 0): Promise<void> {
    if (basename(folder) === 'skills')
      await this.addSkillsOf(folder, 'plugin', plugin ?? basename(dirname(folder)))
    if (depth > DEPTH_MAX) return
    for (const entry of await this.#entriesOf(folder)) {
      if (!entry.isDirectory() || IGNORED_FOLDERS.has(entry.name)) continue
      this.#isCut ||= this.#foldersLeft === 0
      if (this.#isCut) return
      this.#foldersLeft--
      await this.addSkillsBelow({ folder: join(folder, entry.name), plugin }, depth + 1)
    }
  }

  result(): InstalledSkills {
    return {
      skills: [...this.#skills.values()],
      unreadable: [...this.#unreadable],
      isCut: this.#isCut,
    }
  }

  async #entriesOf(folder: string): Promise<Dirent[]> {
    return await readdir(folder, { withFileTypes: true }).catch(({ code }: NodeJS.ErrnoException) => {
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#unreadable.add(folder)
      return []
    })
  }
}

/** The name in the frontmatter and the time of a SKILL.md; undefined when the folder has none. */
async function readSkill(
  folder: string,
): Promise<{ name: string | undefined; changedAtMs: number } | undefined> {
  const path = join(folder, SKILL_FILE)
  const status = await stat(path).catch(() => undefined)
  if (!status?.isFile()) return undefined
  // Without a readable frontmatter the folder's name is the skill's.
  const text = await readStart(path).catch(() => '')
  return { name: frontmatterName(text), changedAtMs: status.mtimeMs }
}

async function readStart(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(FRONTMATTER_BYTES_MAX),
    0,
    FRONTMATTER_BYTES_MAX,
  )
  return buffer.toString('utf8', 0, bytesRead)
}

/** The value of `name:` in the frontmatter of a Markdown text. */
export function frontmatterName(text: string): string | undefined {
  const [, frontmatter] =
    /^\uFEFF?---[^\S\n]*\n(.*?)\n---[^\S\n]*(?:\n|$)/s.exec(text.replaceAll('\r\n', '\n')) ?? []
  const [, value] = /^name:[^\S\n]*(.+)$/m.exec(frontmatter ?? '') ?? []
  const [, , quoted, plain] = /^(?:(["'])(.*?)\1|(.*?))\s*(?:\s#.*)?$/.exec(value ?? '') ?? []
  return quoted || plain || undefined
}
