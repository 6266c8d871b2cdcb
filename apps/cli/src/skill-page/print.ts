import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import type { Endpoint } from '../http.ts'
import { printable } from '../text.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { readUses } from '../uses/read.ts'
import { useWindow, type WindowOptions, windowText } from '../uses/window.ts'
import { amount } from './fact-entries.ts'
import type { UsedSkill } from './find-skill.ts'
import { skillPageJson } from './json.ts'
import { skillPageLines } from './lines.ts'
import { readSkillPage, type SkillPage } from './read.ts'

export interface SkillPageOptions extends WindowOptions {
  readonly timeZone?: string
  readonly json?: boolean
}

/**
 * Prints the page of a skill.
 * @param others other kinds with the same name
 * @throws {CliError} (usage) when the window is empty
 */
export async function printSkillPage(
  context: CommandContext,
  gateway: Endpoint,
  { skill, others }: { readonly skill: UsedSkill; readonly others: readonly UsedSkill[] },
  options: SkillPageOptions,
): Promise<void> {
  const window = useWindow(options, context.nowMs())
  const timeZone = options.timeZone ?? machineTimeZone()
  const page = await readSkillPage(gateway, { skill, window, timeZone }, context.signal)
  if (options.json) print(context, JSON.stringify(skillPageJson(page), null, 2))
  else if (page.totals === undefined) await noteNothing(context, gateway, page)
  else printLines(context, skillPageLines(page, widthOf(context), context.paint.stdout))
  for (const { kind, skill_name, uses } of others)
    note(
      context,
      `The ${kind} ${printable(skill_name)} has ${amount(uses, 'use')} too: \`skillwatch show --kind ` +
        `${kind} ${printable(skill_name)}\`.`,
    )
}

async function noteNothing(
  context: CommandContext,
  gateway: Endpoint,
  { skill: { kind, skill_name }, window, timeZone }: SkillPage,
): Promise<void> {
  const name = `${kind} ${printable(skill_name)}`
  const query = { kind, skill_name, limit: 1 }
  const earlier = await readUses(gateway, { ...query, untilMs: window.sinceMs }, context.signal)
  const [last] =
    earlier.uses.length > 0 ? earlier.uses : (await readUses(gateway, query, context.signal)).uses
  note(context, `No use of ${name} was recorded from ${windowText(window, timeZone)}.`)
  if (last === undefined) return
  const day = last.began_at.slice(0, 10)
  note(
    context,
    `The last one was on ${day}: \`skillwatch show --kind ${kind} ${printable(skill_name)} --since ${day}\` ` +
      'shows that day and what followed.',
  )
}
