import type { Use, UseGroup, UseSummary } from '@skillwatch/schema'
import type { Endpoint } from '../http.ts'
import { isUsedBefore, readUseSums, readUses } from '../uses/read.ts'
import { type Span, spanBefore, type UseWindow } from '../uses/window.ts'
import type { UsedSkill } from './find-skill.ts'

/** What is shown of one skill, command or agent. */
export interface SkillPage {
  readonly skill: UsedSkill
  readonly window: UseWindow
  readonly timeZone: string
  /** Undefined when nothing happened in the window, or in the time before. */
  readonly totals: UseSummary | undefined
  readonly before: UseSummary | undefined
  /** Whether anything, of any skill, was recorded before the window. */
  readonly isBeforeRecorded: boolean
  readonly byRepository: readonly UseSummary[]
  readonly byModel: readonly UseSummary[]
  readonly byDay: readonly UseSummary[]
  /** The latest uses of the window, the latest first. */
  readonly uses: readonly Use[]
  /** Whether the window has more uses than these. */
  readonly isMore: boolean
}

/** So many uses are read for shares and medians. */
const USES_MAX = 1_000

export async function readSkillPage(
  gateway: Endpoint,
  subject: Pick<SkillPage, 'skill' | 'window' | 'timeZone'>,
  signal: AbortSignal,
): Promise<SkillPage> {
  const { window, timeZone, skill } = subject
  const filter = { kind: skill.kind, skill_name: skill.skill_name }
  const sums = (by: UseGroup, span: Span = window) =>
    readUseSums(gateway, { ...filter, ...span, by: [by], timeZone }, signal)
  const [[totals], [before], byRepository, byModel, byDay, { uses, isMore }, isBeforeRecorded] =
    await Promise.all([
      sums('skill'),
      sums('skill', spanBefore(window)),
      sums('repository'),
      sums('model'),
      sums('day'),
      readUses(gateway, { ...filter, ...window, limit: USES_MAX }, signal),
      isUsedBefore(gateway, window.sinceMs, signal),
    ])
  return { ...subject, totals, before, isBeforeRecorded, byRepository, byModel, byDay, uses, isMore }
}
