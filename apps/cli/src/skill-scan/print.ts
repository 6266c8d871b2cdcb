import { hostname } from 'node:os'
import type { ReportedSkillFile, SkillScanReply } from '@skillwatch/schema'
import { formatInstant } from '@skillwatch/schema/parse-instant'
import { withNoun } from '../amounts.ts'
import { claudeFolder } from '../claude-folder.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { type Scan, scanSkills } from './scan.ts'

/** The options of `skillwatch skills scan`, as its command line sets them. */
export interface ScanOptions {
  readonly dir?: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly url: string
}

/**
 * Scans this machine, has ingest store what was found, and prints it.
 * @throws {CliError} when ingest does not store it
 */
export async function printScan(context: CommandContext, options: ScanOptions): Promise<void> {
  const nowMs = context.nowMs()
  const scan = await scanSkills(claudeFolder(context.env), options.dir ?? process.cwd(), nowMs)
  const stored = options.dryRun ? null : await store(context, scan, options.url, nowMs)
  if (options.json) print(context, JSON.stringify({ ...scan, stored }, null, 2))
  else if (scan.files.length > 0) printLines(context, fileLines(scan.files, context))
  for (const { path, reason } of scan.problems) note(context, `${printable(path)} ${reason}.`)
  if (!options.json) note(context, summary(scan, stored))
}

function store(
  context: CommandContext,
  { scopes, files }: Scan,
  url: string,
  nowMs: number,
): Promise<SkillScanReply> {
  const body = { machine: hostname() || 'unknown', scanned_at: formatInstant(nowMs), scopes, files }
  const ingest = ingestEndpoint(context, url)
  return demand(ingest, '/v1/skill-files', { method: 'POST', body, signal: context.signal })
}

const COLUMNS: readonly Column<ReportedSkillFile>[] = [
  column('SKILL', 0, 'left', ({ skill_name }) => printable(skill_name)),
  column('KIND', 2, 'left', ({ kind }) => kind),
  column('SOURCE', 1, 'left', ({ source }) => source),
  column('REPOSITORY', 4, 'left', ({ repository }) => printable(repository ?? '-')),
  column('TOKENS', 3, 'right', ({ description_tokens }) => exactNumber(description_tokens)),
]

function fileLines(files: readonly ReportedSkillFile[], context: CommandContext): string[] {
  const { head, body } = fittingTable(COLUMNS, files, widthOf(context))
  return [...head.map((line) => context.paint.stdout('bold', line)), ...body]
}

function summary({ files }: Scan, stored: SkillScanReply | null): string {
  const found = `Found ${withNoun(files.length, 'file', exactNumber)} of skills, commands and sub-agents`
  if (stored === null) return `${found}. Nothing was sent, as --dry-run was given.`
  const { inserted, updated, removed, unchanged, outdated, dropped } = stored
  const more = [
    outdated > 0 ? `${outdated} ignored, as a newer scan is stored` : undefined,
    dropped > 0 ? `${dropped} not stored, as the project has too many` : undefined,
  ].filter((each) => each !== undefined)
  const counts = [
    `${inserted} new`,
    `${updated} changed`,
    `${removed} gone`,
    `${unchanged} as before`,
    ...more,
  ]
  return `${found}: ${counts.join(', ')}. \`skillwatch hygiene\` shows what to do with them.`
}

function column(
  heading: string,
  rank: number,
  align: 'left' | 'right',
  cell: (file: ReportedSkillFile) => string,
): Column<ReportedSkillFile> {
  return { heading: [heading], rank, align, cell }
}
