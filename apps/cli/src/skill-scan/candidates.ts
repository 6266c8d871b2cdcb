import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { SkillFileKind, SkillSource } from '@skillwatch/schema'
import { folderName } from '@skillwatch/schema/claude-code'
import { findInstalledSkills } from '../skills/installed.ts'
import { pluginRoots } from '../skills/plugin-roots.ts'

/** A file that may define a skill, a command or a sub-agent. */
export interface Candidate {
  readonly kind: SkillFileKind
  readonly source: SkillSource
  /** The repository or the plugin; undefined for files of the user. */
  readonly origin: string | undefined
  readonly path: string
  /** The name when the file gives none. */
  readonly ownName: string
}

export interface Candidates {
  readonly files: readonly Candidate[]
  /** The name of the folder of the repository; undefined outside of one. */
  readonly repository: string | undefined
  /** Folders that could not be read, by what they are of. */
  readonly unreadable: readonly { readonly source: SkillSource; readonly path: string }[]
}

const DEPTH_MAX = 4
const PARENTS_MAX = 40

/**
 * Finds the files of the user, of the project of a folder, and of plugins. Of a project, the folder and its
 * parents up to the root of the repository count; the nearest file of a name is the first.
 */
export async function findCandidates(claudeFolder: string, folder: string): Promise<Candidates> {
  const search = new Search()
  await search.addAll(claudeFolder, 'user')
  const { folders, root } = await projectFolders(folder)
  const projects = folders.filter((each) => resolve(each, '.claude') !== resolve(claudeFolder))
  const hasOwn = root !== undefined || (await isFolder(join(folder, '.claude')))
  const repository = projects.length > 0 && hasOwn ? folderName(root ?? resolve(folder)) : undefined
  if (repository !== undefined)
    for (const each of projects) await search.addAll(join(each, '.claude'), 'project', repository)
  await search.addPlugins(claudeFolder)
  return { files: search.files, repository, unreadable: search.unreadable }
}

class Search {
  readonly files: Candidate[] = []
  readonly unreadable: { source: SkillSource; path: string }[] = []

  async addAll(folder: string, source: SkillSource, origin?: string): Promise<void> {
    const skills = join(folder, 'skills')
    for (const { name } of await this.#entries(skills, source)) {
      const path = join(skills, name, 'SKILL.md')
      if (await isFile(path)) this.files.push({ kind: 'skill', source, origin, path, ownName: name })
    }
    await this.addMarkdown(join(folder, 'commands'), { kind: 'command', source, origin })
    await this.addMarkdown(join(folder, 'agents'), { kind: 'agent', source, origin })
  }

  async addPlugins(claudeFolder: string): Promise<void> {
    const { skills, unreadable, isCut } = await findInstalledSkills(claudeFolder, claudeFolder)
    for (const { installedIn, path, name } of skills) {
      if (installedIn !== 'plugin') continue
      const [plugin = ''] = name.split(':')
      const file = { kind: 'skill', source: 'plugin', origin: plugin, ownName: basename(path) } as const
      this.files.push({ ...file, path: join(path, 'SKILL.md') })
    }
    const plugins = join(claudeFolder, 'plugins')
    const unread = unreadable.filter((path) => path.startsWith(plugins))
    for (const path of isCut ? [...unread, plugins] : unread)
      this.unreadable.push({ source: 'plugin', path })
    for (const { folder, plugin } of await pluginRoots(claudeFolder)) {
      if (plugin === undefined) continue
      const of = { source: 'plugin', origin: plugin } as const
      await this.addMarkdown(join(folder, 'commands'), { kind: 'command', ...of })
      await this.addMarkdown(join(folder, 'agents'), { kind: 'agent', ...of })
    }
  }

  /** Commands and sub-agents are Markdown files, also in folders below; these are no part of the name. */
  async addMarkdown(
    folder: string,
    of: Pick<Candidate, 'kind' | 'source' | 'origin'>,
    depth = 0,
  ): Promise<void> {
    for (const entry of await this.#entries(folder, of.source)) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < DEPTH_MAX) await this.addMarkdown(path, of, depth + 1)
      else if (entry.name.endsWith('.md') && (await isFile(path)))
        this.files.push({ ...of, path, ownName: basename(entry.name, '.md') })
    }
  }

  async #entries(folder: string, source: SkillSource) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') this.unreadable.push({ source, path: folder })
      return []
    })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The folder and its parents up to the root of its repository; outside of one, the folder alone. */
async function projectFolders(folder: string): Promise<{ folders: string[]; root: string | undefined }> {
  const folders = [resolve(folder)]
  while (folders.length < PARENTS_MAX) {
    const last = folders.at(-1)!
    if ((await stat(join(last, '.git')).catch(() => undefined)) !== undefined) return { folders, root: last }
    if (dirname(last) === last) break
    folders.push(dirname(last))
  }
  return { folders: folders.slice(0, 1), root: undefined }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
