import type { BaselineRun } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

const COMPUTE = '`skillwatch analyse baselines` computes and stores them.'
const NEED =
  'A baseline needs 5 persons with 5 uses each, of whom none has more than half of the calls: otherwise ' +
  'its numbers could show what one person did.'

export const NEVER_COMPUTED = `No baselines were computed yet: ${COMPUTE} ${NEED}`

/** What to say when no baseline was found. @param skill the one that was looked for */
export function noBaselineNote(skill: string | undefined): string {
  const nothing = skill === undefined ? 'No skill has a baseline.' : `${quoted(skill)} has no baseline.`
  return `${nothing} ${NEED} ${COMPUTE}`
}

/** When and from what the baselines were computed. */
export function runNote({ computed_at, ...run }: BaselineRun, timeZone: string): string {
  return `Computed ${localMinute(computed_at, timeZone)} from ${sourceText(run, timeZone)}.`
}

/** A window and the persons in it, of whom at least so many have calls. */
export function sourceText(
  { since, until, persons }: Pick<BaselineRun, 'since' | 'until' | 'persons'>,
  timeZone: string,
): string {
  const who = persons === 0 ? 'fewer than 5 persons' : `at least ${exactNumber(persons)} persons`
  return `the calls of ${who} from ${localMinute(since, timeZone)} to ${localMinute(until, timeZone)}`
}

/** What is withheld, and why. */
export function withheldNotes({ withheld }: Pick<BaselineRun, 'withheld'>): string[] {
  const { too_few_persons, mostly_one_person, calls_without_user } = withheld
  const notes = []
  if (too_few_persons > 0)
    notes.push(`Withheld: ${skills(too_few_persons)} that fewer than 5 persons used 5 times each.`)
  if (mostly_one_person > 0)
    notes.push(`Withheld: ${skills(mostly_one_person)} with more than half of the calls by one person.`)
  if (calls_without_user > 0)
    notes.push(
      `At least ${withNoun(calls_without_user, 'call', exactNumber)} of no known user: hooks and transcripts ` +
        'do not say who the user is; OpenTelemetry data do, and so does the field user_id.',
    )
  return notes
}

function skills(count: number): string {
  return withNoun(count, 'skill', exactNumber)
}
