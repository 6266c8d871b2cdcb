import { type Answer, notEnough } from '../answer.ts'
import { designEffectOfShares, totalOf } from '../rates/design-effect.ts'
import { type Interval, newcombeInterval } from '../rates/intervals.ts'
import {
  completedShare,
  countedPersons,
  PERSONS_MIN,
  type PersonCalls,
  USES_MIN,
  type WithheldReason,
  withheldReason,
} from './persons.ts'
import { priorOf, shrunkRate } from './shrinkage.ts'

/** A person's completion rate of a skill beside that of the others. All rates are 0-1. */
export interface PersonComparison {
  readonly rate: number
  /** The person's rate moved to that of the others, the further the fewer calls the person has. */
  readonly shrunkRate: number
  /** The share of the others' calls that completed. */
  readonly othersRate: number
  /** `rate` minus `othersRate`. */
  readonly difference: number
  /** The 95% interval of the difference. */
  readonly interval: Interval
  readonly calls: number
  readonly others: number
}

/**
 * Compares one person with the others who use a skill. Needs 5 uses of the person, and 5 others with 5 uses
 * each of whom none has more than half of the others' calls. The interval is Newcombe's (Statistics in
 * Medicine 17, 1998, 873-890, method 10); the others' calls are divided by their design effect first, as
 * calls of one person are alike. The person is not among those whose mean and spread give the shrunk rate.
 * Assumes that the calls of the person are independent; where they are not, the interval is too narrow.
 *
 * The answer is exact: it is for that person, and shows the others as a group only.
 * @param rows all rows of the skill
 */
export function comparePerson(
  rows: readonly PersonCalls[],
  userHash: string,
): Answer<PersonComparison> | { readonly withheld: WithheldReason } {
  const own = rows.find(({ user_hash }) => user_hash === userHash)
  const calls = own?.invocation_count ?? 0
  if (own === undefined || calls < USES_MIN) return notEnough('calls', calls, USES_MIN)
  const others = countedPersons(rows.filter((row) => row !== own))
  if (others.length < PERSONS_MIN) return notEnough('other persons', others.length, PERSONS_MIN)
  const withheld = withheldReason(others)
  if (withheld !== undefined) return { withheld }
  const shares = others.map(completedShare)
  const all = totalOf(shares)
  const designEffect = designEffectOfShares(shares, shares)
  const person = completedShare(own)
  const [rate, othersRate] = [person.hits / person.of, all.hits / all.of]
  return {
    enough: true,
    rate,
    shrunkRate: shrunkRate(person, priorOf(shares)),
    othersRate,
    difference: rate - othersRate,
    interval: newcombeInterval(person, { hits: all.hits / designEffect, of: all.of / designEffect }),
    calls,
    others: others.length,
  }
}
