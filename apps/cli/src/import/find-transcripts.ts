import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface TranscriptFile {
  readonly path: string
  readonly sizeBytes: number
  readonly changedAtMs: number
  /**
   * Id of the sub-agent that wrote the file `agent-<id>.jsonl`, which lies in `<session>/subagents/` or, in
   * old versions, beside the sessions.
   */
  readonly agentId: string | undefined
  /** The project's folder. */
  readonly project: string
}

export interface Unreadable {
  readonly path: string
  readonly reason: string
}

/**
 * All `.jsonl` files below a folder, sorted by path. Sessions are before sub-agents, so that most parents
 * are known before their sub-agents are read. Links to folders are not followed, as they can form circles.
 */
export async function findTranscripts(
  folder: string,
): Promise<{ files: TranscriptFile[]; unreadable: Unreadable[] }> {
  const unreadable: Unreadable[] = []
  const files: TranscriptFile[] = []
  for await (const path of transcriptPaths(folder, unreadable)) {
    const status = await stat(path).catch(orUnreadable(path, unreadable))
    if (status?.isFile()) files.push(toFile(path, status))
  }
  return { files: files.sort(sessionsFirst), unreadable }
}

async function* transcriptPaths(folder: string, unreadable: Unreadable[]): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(orUnreadable(folder, unreadable))
  for (const entry of entries ?? []) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* transcriptPaths(path, unreadable)
    else if (entry.name.endsWith('.jsonl')) yield path
  }
}

function orUnreadable(path: string, unreadable: Unreadable[]): (error: NodeJS.ErrnoException) => undefined {
  return ({ code, message }) => {
    // The agent may remove files meanwhile; those are not unreadable.
    if (code !== 'ENOENT') unreadable.push({ path, reason: code ?? message })
  }
}

function toFile(path: string, { size, mtimeMs }: Stats): TranscriptFile {
  return {
    path,
    sizeBytes: size,
    changedAtMs: mtimeMs,
    agentId: agentIdOf(path),
    project: projectOf(path),
  }
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
