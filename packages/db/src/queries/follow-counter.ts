import { HOUR_MS } from '../time.ts'
import { keyText, type SkillKey } from './skill-keys.ts'
import type { TimeRange } from './window-parts.ts'

/** Counts by hour and follower, which are one number, since there are many of them. */
type Counts = Map<number, number>

/** Counts which skill or tool was called next after which one, by the hour in which both had ended. */
export class FollowCounter {
  readonly #fromMs: number
  readonly #hours: number
  readonly #bySkill = new Map<string, Counts>()
  readonly #names: string[] = []
  readonly #places = new Map<string, number>()
  #previous: Counts | undefined
  #previousEndMs = 0

  /** @param range of whole hours, in which all calls end */
  constructor([from, to]: TimeRange) {
    this.#fromMs = from
    this.#hours = Math.ceil((to - from) / HOUR_MS)
  }

  /** The next call is the first one of a session. */
  begin(): void {
    this.#previous = undefined
  }

  /** The next call of the session, in the order in which they began. */
  add(skill: SkillKey, endedAtMs: number): void {
    if (this.#previous !== undefined) {
      const hour = Math.floor((Math.max(this.#previousEndMs, endedAtMs) - this.#fromMs) / HOUR_MS)
      const key = this.#placeOf(skill.skill_name) * this.#hours + hour
      this.#previous.set(key, (this.#previous.get(key) ?? 0) + 1)
    }
    this.#previous = this.#countsOf(skill)
    this.#previousEndMs = endedAtMs
  }

  /** What followed a skill, by hour. It is not kept any longer. */
  take(skill: SkillKey): Map<number, Record<string, number>> {
    const entries = [...(this.#bySkill.get(keyText(skill)) ?? [])]
    this.#bySkill.delete(keyText(skill))
    const byHour = Map.groupBy(entries, ([key]) => this.#fromMs + (key % this.#hours) * HOUR_MS)
    const named = ([key, count]: [number, number]) =>
      [this.#names[Math.floor(key / this.#hours)]!, count] as const
    return new Map([...byHour].map(([hourAtMs, some]) => [hourAtMs, Object.fromEntries(some.map(named))]))
  }

  #countsOf(skill: SkillKey): Counts {
    const key = keyText(skill)
    const known = this.#bySkill.get(key)
    if (known !== undefined) return known
    const counts: Counts = new Map()
    this.#bySkill.set(key, counts)
    return counts
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    this.#places.set(name, this.#names.push(name) - 1)
    return this.#names.length - 1
  }
}
