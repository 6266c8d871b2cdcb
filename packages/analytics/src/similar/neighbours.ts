import type { Scored } from './co-use.ts'
import type { TextIndex } from './text-index.ts'

/** A skill that is similar to another one, both by their numbers. */
export interface Neighbour {
  readonly number: number
  readonly score: number
  readonly coUse: number
  readonly text: number
}

const SCORE_MIN = 0.1

/**
 * The text score of each two skills: the mean of how well the one matches the words of the other, and the
 * other way round.
 */
export function textScores(index: TextIndex, skills: number): Scored[][] {
  const scores = new Float32Array(skills * skills)
  for (let a = 0; a < skills; a += 1)
    for (const { number: b, score } of index.alike(a)) {
      scores[a * skills + b]! += score / 2
      scores[b * skills + a]! += score / 2
    }
  return Array.from({ length: skills }, (_, a) => {
    const scored: Scored[] = []
    for (let b = 0; b < skills; b += 1) {
      const score = scores[a * skills + b]!
      if (b !== a && score > 0) scored.push({ number: b, score: Math.min(1, score) })
    }
    return scored
  })
}

/**
 * The most similar skills of each skill. The score is 1 - (1 - co-use) · (1 - text), as skills that are
 * similar by either are similar: copies of a skill have the same words and are never used together. Scores
 * below 0.1 say nothing.
 * @param kept neighbours of a skill, at most
 */
export function neighboursOf(
  coUse: readonly (readonly Scored[])[],
  text: readonly (readonly Scored[])[],
  kept: number,
): Neighbour[][] {
  return text.map((textRow, number) => {
    const scores = new Map(textRow.map(({ number: other, score }) => [other, { coUse: 0, text: score }]))
    for (const { number: other, score } of coUse[number] ?? [])
      scores.set(other, { coUse: score, text: scores.get(other)?.text ?? 0 })
    return [...scores]
      .map(([other, each]) => ({ number: other, score: 1 - (1 - each.coUse) * (1 - each.text), ...each }))
      .filter(({ score }) => score >= SCORE_MIN)
      .sort((a, b) => b.score - a.score || a.number - b.number)
      .slice(0, kept)
  })
}
