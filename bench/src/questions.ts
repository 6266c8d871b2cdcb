import { analysis } from './analysis.ts'
import { answers } from './answers.ts'
import { deletion } from './deletion.ts'
import { disk } from './disk.ts'
import { fanOut, fanOutBurst } from './fan-out.ts'
import type { Question } from './harness/question.ts'
import { hook } from './hook.ts'
import { hookBesideLoad } from './hook-beside-load.ts'
import { ingestBesideAnalysis } from './ingest-beside-analysis.ts'
import { ingestThroughput } from './ingest-throughput.ts'
import { randomIds } from './random-ids.ts'
import { sessionOfOnePrompt, sessionSize } from './session-size.ts'
import { track } from './track.ts'
import { updateMix } from './update-mix.ts'

const QUESTIONS: readonly Question[] = [
  ingestThroughput,
  updateMix,
  fanOut,
  fanOutBurst,
  track,
  hook,
  hookBesideLoad,
  disk,
  deletion,
  sessionSize,
  sessionOfOnePrompt,
  randomIds,
  answers,
  analysis,
  ingestBesideAnalysis,
]

/**
 * @param names none: every question that takes less than minutes
 * @throws {Error} naming all questions, when there is none of such a name
 */
export function chooseQuestions(names: readonly string[]): readonly Question[] {
  if (names.length === 0) return QUESTIONS.filter(({ isLong }) => !isLong)
  const unknown = names.filter((name) => QUESTIONS.every((question) => question.name !== name))
  if (unknown.length === 0) return QUESTIONS.filter(({ name }) => names.includes(name))
  throw new Error(`there is no question ${unknown.join(', ')}; there are ${listOf(QUESTIONS)}`)
}

export const SHORT_QUESTIONS = listOf(QUESTIONS.filter(({ isLong }) => !isLong))
export const LONG_QUESTIONS = listOf(QUESTIONS.filter(({ isLong }) => isLong))

function listOf(questions: readonly Question[]): string {
  return questions.map(({ name }) => name).join(', ')
}
