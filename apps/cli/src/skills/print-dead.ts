import type { UseSummary } from '@skillwatch/schema'
import { claudeFolder } from '../claude-folder.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import type { Endpoint } from '../http.ts'
import { printable } from '../text.ts'
import { readUseSums } from '../uses/read.ts'
import { EVER } from '../uses/window.ts'
import { deadCsv } from './csv.ts'
import { deadLines, deadSkills, placeholderNote } from './dead.ts'
import { findInstalledSkills, type InstalledSkills } from './installed.ts'
import { IMPORT_ADVICE, type SkillsOptions } from './options.ts'

/** Prints the installed skills that were never used. */
export async function printDead(
  context: CommandContext,
  gateway: Endpoint,
  { json, csv }: SkillsOptions,
): Promise<void> {
  const used = await readUsed(gateway, context.signal)
  const installed = await findInstalledSkills(claudeFolder(context.env), process.cwd())
  const dead = deadSkills(installed.skills, used)
  if (json) print(context, JSON.stringify(dead, null, 2))
  else if (csv) context.stdout.write(deadCsv(dead))
  else if (dead.length > 0) printLines(context, deadLines(dead, widthOf(context), context.paint.stdout))
  for (const line of deadNotes(installed, dead.length, used)) note(context, line)
}

/** All skills and commands that were ever used. */
async function readUsed(gateway: Endpoint, signal: AbortSignal): Promise<UseSummary[]> {
  const sums = await readUseSums(gateway, { ...EVER, by: ['skill'] }, signal)
  return sums.filter(({ kind, uses }) => (kind === 'skill' || kind === 'command') && uses > 0)
}

function deadNotes(
  { skills, unreadable, isCut }: InstalledSkills,
  deadCount: number,
  used: readonly UseSummary[],
): string[] {
  const notes = [
    skills.length === 0
      ? 'No skill is installed for the user, in the project of this folder, or by a plugin.'
      : `Never used: ${deadCount} of ${skills.length} installed skills.`,
    used.length === 0 ? `No use of a skill or command was recorded yet. ${IMPORT_ADVICE}` : undefined,
    placeholderNote(used),
    ...unreadable.map((folder) => `${printable(folder)} cannot be read; its skills are missing here.`),
    isCut ? 'The plugins have too many folders; some of their skills are missing here.' : undefined,
  ]
  return notes.filter((line) => line !== undefined)
}
