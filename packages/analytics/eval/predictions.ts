/** How often a model is found better than the base rate: `npm run eval:predictions`. */
import { predictionReport } from '../src/index.ts'
import { simulatedSessions, WINDOW, type World } from './sessions.ts'

const SEEDS = 200
const FIRST_SEED = 1_000

type Completes = World['completes']

const independent = (rate: number): Completes => {
  return () => rate
}
const byPhase = (rate: number, difference: number): Completes => {
  return ({ phase }) => rate + (phase === 'setup' ? difference : -difference) / 2
}
const bySession = (rate: number): Completes => {
  return ({ badSession }) => (badSession ? rate - 0.4 : rate + 0.12)
}

const WORLDS: readonly (readonly [name: string, sessions: number, completes: Completes])[] = [
  ['nothing is known, rate 0.8', 300, independent(0.8)],
  ['nothing is known, rate 0.94', 300, independent(0.94)],
  ['nothing is known, rate 0.75', 80, independent(0.75)],
  ['phases differ by 10 points', 300, byPhase(0.8, 0.1)],
  ['phases differ by 25 points', 300, byPhase(0.8, 0.25)],
  ['phases differ by 25 points', 80, byPhase(0.75, 0.25)],
  ['sessions differ by 52 points', 300, bySession(0.8)],
]

for (const [name, sessions, completes] of WORLDS) {
  const verdicts = Array.from({ length: SEEDS }, (_, index) => {
    const calls = simulatedSessions({ seed: FIRST_SEED + index, sessions, completes })
    return predictionReport(calls, WINDOW).predictions[0]!.verdict
  })
  const share = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length / SEEDS
  const [better, lacking] = [share('better than the base rate'), share('not enough data')]
  console.log(`| ${name} | ${sessions} | ${better.toFixed(3)} | ${lacking.toFixed(3)} |`)
}
