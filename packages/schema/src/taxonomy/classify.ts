import { CATEGORY_RULES, type CategoryRule } from './rules.ts'

/** A category that rules give a skill. */
export interface RuledCategory {
  readonly category: string
  readonly confidence: number
  readonly rule_id: string
}

/** Below it a person should look at what rules have assigned. */
export const REVIEW_BELOW = 0.6

/**
 * The categories that rules give a skill by the words of its name and its description, the one with the
 * highest confidence first. The confidence of a category is that of its strongest matching rule, times the
 * share of the category in the confidence of all matching rules: two categories that match alike have half
 * of it each.
 */
export function classifySkill(
  { skill_name, description }: { readonly skill_name: string; readonly description: string | null },
  rules: readonly CategoryRule[] = CATEGORY_RULES,
): RuledCategory[] {
  const words = { name: wordsOf(skill_name), description: wordsOf(description ?? '') }
  const matching = rules.filter((rule) => matches(rule, words[rule.in]))
  const sum = matching.reduce((total, { confidence }) => total + confidence, 0)
  return [...Map.groupBy(matching, ({ category }) => category)]
    .map(([category, ofCategory]) => {
      const [strongest] = ofCategory.toSorted((a, b) => b.confidence - a.confidence)
      const share = ofCategory.reduce((total, { confidence }) => total + confidence, 0) / sum
      const confidence = Math.round(strongest!.confidence * share * 1_000) / 1_000
      return { category, confidence, rule_id: strongest!.rule_id }
    })
    .sort((a, b) => b.confidence - a.confidence || (a.category < b.category ? -1 : 1))
}

/** Words in lower case; `camelCase` is two words. */
function wordsOf(text: string): string[] {
  const spaced = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase()
  return spaced.match(/[\p{L}\p{N}]+/gu) ?? []
}

function matches({ words }: CategoryRule, found: readonly string[]): boolean {
  return words.some((word) =>
    word.endsWith('*') ? found.some((each) => each.startsWith(word.slice(0, -1))) : found.includes(word),
  )
}
