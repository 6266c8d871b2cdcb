import { formatInstant } from '@skillwatch/schema/parse-instant'
import { spanBefore } from '../uses/window.ts'
import { factsOf } from './facts.ts'
import type { SkillPage } from './read.ts'

const USES_MAX = 10

/** A page as `--json` prints it. Sums and uses have the names of the wire. */
export function skillPageJson(page: SkillPage): object {
  const { skill, window, timeZone, totals, before, uses } = page
  const earlier = spanBefore(window)
  return {
    kind: skill.kind,
    skill_name: skill.skill_name,
    since: formatInstant(window.sinceMs),
    until: formatInstant(window.untilMs),
    time_zone: timeZone,
    totals: totals ?? null,
    before: {
      since: formatInstant(earlier.sinceMs),
      until: formatInstant(earlier.untilMs),
      totals: before ?? null,
    },
    by_repository: page.byRepository,
    by_model: page.byModel,
    by_day: page.byDay,
    facts: factsJson(page),
    last_uses: uses.slice(0, USES_MAX),
  }
}

/** What single uses say, with the number of uses that each of it is of. */
function factsJson({ uses }: SkillPage): object {
  const facts = factsOf(uses)
  return {
    uses: uses.length,
    interrupted_uses: facts.interrupted.count,
    failing_uses: facts.failing.count,
    uses_with_next_turn: facts.usedAgain.of,
    used_again: facts.usedAgain.count,
    uses_not_over: facts.unsettled,
    median_calls: facts.calls?.value ?? null,
    median_work_ms: facts.workMs?.value ?? null,
    longest_work_ms: facts.longestMs ?? null,
    uses_with_tokens: facts.tokens?.of ?? 0,
    median_tokens: facts.tokens?.value ?? null,
    median_cost_usd: facts.costUsd?.value ?? null,
  }
}
