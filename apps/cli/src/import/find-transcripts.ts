import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface TranscriptFile {
  readonly path: string
  readonly sizeBytes: number
  readonly changedAtMs: number
  /** Id of the sub-agent whose file it is: `agent-<id>.jsonl`, in `<session>/subagents/` or, in old versions, beside the sessions. */
  readonly agentId: string | undefined
  /** Folder of the project, which holds the sessions. */
  readonly project: string
}

export interface Unreadable {
  readonly path: string
  readonly reason: string
}

/**
 * All `.jsonl` files below a folder, sessions before sub-agents, so that a sub-agent's parent is mostly known when its
 * turn comes; otherwise by path. Links to folders are not followed: they can go in circles.
 */
export async function findTranscripts(
  folder: string,
): Promise<{ files: TranscriptFile[]; unreadable: Unreadable[] }> {
  const files: TranscriptFile[] = []
  const unreadable: Unreadable[] = []
  const refuse = (path: string) => (error: NodeJS.ErrnoException) => {
    // Files come and go while the agent works; gone is not unreadable.
    if (error.code !== 'ENOENT') unreadable.push({ path, reason: error.code ?? error.message })
    return undefined
  }
  async function walk(path: string): Promise<void> {
    const entries = (await readdir(path, { withFileTypes: true }).catch(refuse(path))) ?? []
    for (const entry of entries) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) await walk(child)
      else if (entry.name.endsWith('.jsonl')) await add(child)
    }
  }
  async function add(path: string): Promise<void> {
    const status = await stat(path).catch(refuse(path))
    if (status?.isFile())
      files.push({
        path,
        sizeBytes: status.size,
        changedAtMs: status.mtimeMs,
        agentId: agentIdOf(path),
        project: projectOf(path),
      })
  }
  await walk(folder)
  return { files: files.sort(sessionsFirst), unreadable }
}

function agentIdOf(path: string): string | undefined {
  return /^agent-(.+)\.jsonl$/.exec(basename(path))?.[1]
}

function projectOf(path: string): string {
  const folder = dirname(path)
  return basename(folder) === 'subagents' ? dirname(dirname(folder)) : folder
}

function sessionsFirst(a: TranscriptFile, b: TranscriptFile): number {
  const order = Number(a.agentId !== undefined) - Number(b.agentId !== undefined)
  return order !== 0 ? order : a.path < b.path ? -1 : 1
}
