import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { estimatedTokens } from '@skillwatch/analytics/hygiene'
import type { ReportedSkillFile, SkillScan } from '@skillwatch/schema'
import { SKILL_FILES_MAX } from '@skillwatch/schema/vocabulary'
import { type Candidate, findCandidates } from './candidates.ts'
import { frontMatter } from './front-matter.ts'

/** What a scan has found on this machine. */
export interface Scan {
  readonly scopes: SkillScan['scopes']
  readonly files: readonly ReportedSkillFile[]
  /** Files and folders that could not be read, or not completely, and why. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[]
}

const FILE_BYTES_MAX = 1_048_576

/**
 * Reads the files of skills, commands and sub-agents. A file that cannot be read is named, and the others are
 * read all the same.
 */
export async function scanSkills(
  claudeFolder: string,
  folder: string,
  nowMs: number,
  filesMax = SKILL_FILES_MAX,
): Promise<Scan> {
  const { files: candidates, repository, unreadable } = await findCandidates(claudeFolder, folder)
  const problems = unreadable.map(({ path }) => ({ path, reason: 'cannot be read' }))
  const files = new Map<string, ReportedSkillFile>()
  const incomplete = new Set<string>(unreadable.map(({ source }) => source))
  for (const candidate of candidates.slice(0, filesMax)) {
    const file = await readCandidate(candidate, nowMs)
    if (file.problem !== undefined) problems.push({ path: candidate.path, reason: file.problem })
    if (file.reported === undefined) incomplete.add(candidate.source)
    else if (!files.has(keyOf(file.reported))) files.set(keyOf(file.reported), file.reported)
  }
  for (const { source, path } of candidates.slice(filesMax)) {
    incomplete.add(source)
    problems.push({ path, reason: `is not read, as there are more than ${filesMax} files` })
  }
  const scopes = [
    { source: 'user' as const },
    { source: 'plugin' as const },
    ...(repository === undefined ? [] : [{ source: 'project' as const, repository }]),
  ].map((scope) => (incomplete.has(scope.source) ? { ...scope, complete: false } : scope))
  return { scopes, files: [...files.values()], problems }
}

function keyOf({ kind, skill_name, source, plugin }: ReportedSkillFile): string {
  return JSON.stringify([kind, skill_name, source, plugin])
}

interface ReadFile {
  readonly reported?: ReportedSkillFile
  readonly problem?: string
}

async function readCandidate(candidate: Candidate, nowMs: number): Promise<ReadFile> {
  const content = await readContent(candidate.path).catch(({ code }: NodeJS.ErrnoException) => {
    return { problem: `cannot be read (${code})` }
  })
  if ('problem' in content) return content
  const { bytes, changedAtMs, madeAtMs } = content
  const { name, description, problem } = frontMatter(bytes.toString('utf8'))
  const { kind, source, origin, ownName } = candidate
  // A command has the name of its file.
  const own = kind === 'command' ? ownName : (name ?? ownName)
  const skill_name = source === 'plugin' ? `${origin}:${own}` : own
  return {
    ...(problem !== undefined && { problem }),
    reported: {
      ...{ kind, skill_name, source, description },
      ...(source === 'project' && { repository: origin! }),
      ...(source === 'plugin' && { plugin: origin! }),
      description_tokens: estimatedTokens(skill_name, description ?? ''),
      content_hash: createHash('sha256').update(bytes).digest('hex'),
      ...instantsOf({ changed_at: changedAtMs, installed_at: madeAtMs }, nowMs),
    },
  }
}

async function readContent(path: string) {
  await using file = await open(path)
  const { size, mtimeMs, birthtimeMs } = await file.stat()
  if (size > FILE_BYTES_MAX) return { problem: `is larger than ${FILE_BYTES_MAX} bytes` }
  return { bytes: await file.readFile(), changedAtMs: mtimeMs, madeAtMs: birthtimeMs }
}

/** Instants that ingest takes. A file system without an instant gives 0, and an archive one of the future. */
function instantsOf(
  instants: { readonly changed_at: number; readonly installed_at: number },
  nowMs: number,
): Partial<typeof instants> {
  const known = Object.entries(instants).filter(([, ms]) => ms > Date.UTC(2000, 0, 2) && ms <= nowMs)
  return Object.fromEntries(known.map(([name, ms]) => [name, Math.floor(ms)]))
}
