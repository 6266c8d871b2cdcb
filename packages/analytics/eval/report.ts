import { wilsonInterval } from '../src/index.ts'
import type { JudgedFault, Judgement } from './judge.ts'

/** Judgements of both detectors on the same faults. */
export interface Compared {
  readonly ours: readonly Judgement[]
  readonly oracle: readonly Judgement[]
}

/** Recall by type and a grade of the faults, beside that of the oracle detector. */
export function recallTable(
  { ours, oracle }: Compared,
  gradeOf: (fault: JudgedFault) => string | null,
): string {
  const groups = Map.groupBy(
    ours.flatMap(({ faults }, i) => faults.map((mine, j) => ({ mine, best: oracle[i]!.faults[j]! }))),
    ({ mine }) => gradeOf(mine),
  )
  const rows = [...groups]
    .filter(([grade]) => grade !== null)
    .sort(([a], [b]) => a!.localeCompare(b!, 'en', { numeric: true }))
  return [
    '| fault | faults | found | recall (95%) | delay h | oracle | delay h |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    ...rows.map(([grade, pairs]) => {
      const [mine, best] = [pairs.map((pair) => pair.mine), pairs.map((pair) => pair.best)]
      const found = countFound(mine)
      return `| ${grade} | ${mine.length} | ${found} | ${share(found, mine.length)} | ${meanDelay(mine)} | ${(
        countFound(best) / best.length
      ).toFixed(2)} | ${meanDelay(best)} |`
    }),
  ].join('\n')
}

/** Found faults and false findings of one detector. */
export function precisionLine(name: string, judgements: readonly Judgement[]): string {
  const found = judgements.reduce((sum, { faults }) => sum + countFound(faults), 0)
  const wrong = judgements.flatMap(({ falseFindings }) => falseFindings)
  return `${name}: precision ${share(found, found + wrong.length)}, false: ${countByMetric(wrong)}`
}

/** False findings a day on replays without faults. */
export function falseAlarmLine(name: string, judgements: readonly Judgement[], days: number): string {
  const wrong = judgements.flatMap(({ falseFindings }) => falseFindings)
  const perDay = (wrong.length / days).toFixed(3)
  return `${name}: ${wrong.length} findings in ${days} days without faults, ${perDay} a day: ${countByMetric(wrong)}`
}

export function bySizeAndHours({ fault: { type, size }, hours }: JudgedFault): string {
  return type === 'silence' ? `silence, ${size} calls missing` : `${type} ${size}, ${hours} h`
}

export function bySizeAndCalls({ fault: { type, size }, calls }: JudgedFault): string | null {
  if (type === 'silence') return null
  const bin = calls < 60 ? '20 to 60' : calls < 150 ? '60 to 150' : '150 or more'
  return `${type} ${size}, ${bin} calls`
}

function countFound(faults: readonly JudgedFault[]): number {
  return faults.filter(({ delayHours }) => delayHours !== null).length
}

function meanDelay(faults: readonly JudgedFault[]): string {
  const delays = faults.flatMap(({ delayHours }) => (delayHours === null ? [] : [delayHours]))
  if (delays.length === 0) return '–'
  return (delays.reduce((sum, delay) => sum + delay, 0) / delays.length).toFixed(1)
}

function share(hits: number, of: number): string {
  if (of === 0) return 'none'
  const [from, to] = wilsonInterval({ hits, of })
  return `${(hits / of).toFixed(2)} (${from.toFixed(2)}–${to.toFixed(2)})`
}

function countByMetric(findings: readonly { metric: string; subtype: string }[]): string {
  const counts = Map.groupBy(findings, ({ metric, subtype }) =>
    metric === subtype ? metric : `${metric} ${subtype}`,
  )
  return [...counts].map(([name, { length }]) => `${length} ${name}`).join(', ') || 'none'
}
