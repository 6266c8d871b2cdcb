import { DURATION_BOUNDS_MS, durationBucket } from '@skillwatch/schema'
import { centreAndSpread, riditsOf } from '../src/anomalies/duration.ts'
import { normalTwoSided, studentTwoSided } from '../src/distributions/continuous.ts'
import { durationTrend, forecast } from '../src/index.ts'
import { fitLine } from '../src/trends/line.ts'
import { Random } from './random.ts'

/** Measures single methods on simulated data: tests of durations, errors of trends, forecast intervals. */
const ROUNDS = 2_000

console.log(durationTable(), '\n')
console.log(trendTable(), '\n')
console.log(forecastTable())

/** Power of two tests for durations twice as long, and how often they are wrong without a change. */
function durationTable(): string {
  const random = new Random(1)
  const rows = [20, 60].flatMap((calls) =>
    [0.5, 1, 1.5].map((logSd) => {
      const baseline = durations(random, 20_000, logSd, 1)
      const found = { ranks: 0, median: 0, falseRanks: 0, falseMedian: 0 }
      for (let round = 0; round < ROUNDS; round += 1) {
        const slow = durationTests(baseline, durations(random, calls, logSd, 2))
        const same = durationTests(baseline, durations(random, calls, logSd, 1))
        found.ranks += slow.ranks <= 1e-6 ? 1 : 0
        found.median += slow.median <= 1e-6 ? 1 : 0
        found.falseRanks += same.ranks <= 0.01 ? 1 : 0
        found.falseMedian += same.median <= 0.01 ? 1 : 0
      }
      return `| ${calls} | ${logSd} | ${Object.values(found).map(share).join(' | ')} |`
    }),
  )
  const head =
    '| calls | log sd | ranks, p ≤ 1e-6 | median, p ≤ 1e-6 | false ranks, p ≤ .01 | false median, p ≤ .01 |'
  return [head, '| ---: | ---: | ---: | ---: | ---: | ---: |', ...rows].join('\n')
}

function durations(random: Random, count: number, logSd: number, factor: number): Float64Array {
  const counts = new Float64Array(DURATION_BOUNDS_MS.length)
  for (let i = 0; i < count; i += 1)
    counts[durationBucket(3_000 * factor * Math.exp(logSd * random.normal()))]! += 1
  return counts
}

function durationTests(baseline: Float64Array, window: Float64Array) {
  const { ridits, variance } = riditsOf(baseline)
  const usual = centreAndSpread({ bounds: DURATION_BOUNDS_MS, counts: baseline })
  const now = centreAndSpread({ bounds: DURATION_BOUNDS_MS, counts: window })
  const calls = window.reduce((sum, count) => sum + count, 0)
  const mean = window.reduce((sum, count, i) => sum + count * ridits[i]!, 0) / calls
  const medianError = usual.logSpread * Math.sqrt(Math.PI / 2 / calls)
  return {
    ranks: normalTwoSided((mean - 0.5) / Math.sqrt(variance / calls)),
    median: normalTwoSided(Math.log(now.medianMs / usual.medianMs) / medianError),
  }
}

/** How often a series without a trend seems to have one with p ≤ 0.05. */
function trendTable(): string {
  const random = new Random(2)
  const rows = [14, 28, 60].flatMap((points) =>
    [0, 0.3, 0.6].map((correlation) => {
      const found = { ours: 0, plain: 0, robust: 0 }
      for (let round = 0; round < ROUNDS; round += 1) {
        const series = autocorrelated(random, points, correlation)
        const trend = durationTrend(series)
        const line = fitLine(
          series.map(({ x, medianMs, calls }) => ({ x, y: Math.log(medianMs), weight: calls })),
        )
        found.ours += trend.enough && trend.p <= 0.05 ? 1 : 0
        found.plain += studentTwoSided(line.slope / line.error, points - 2) <= 0.05 ? 1 : 0
        found.robust += studentTwoSided(line.slope / line.robustError, points - 2) <= 0.05 ? 1 : 0
      }
      return `| ${points} | ${correlation} | ${Object.values(found).map(share).join(' | ')} |`
    }),
  )
  const head = '| points | lag-1 correlation | false trends | least squares alone | Newey-West alone |'
  return [head, '| ---: | ---: | ---: | ---: | ---: |', ...rows].join('\n')
}

function autocorrelated(random: Random, points: number, correlation: number) {
  let error = random.normal()
  return Array.from({ length: points }, (_, x) => {
    error = correlation * error + Math.sqrt(1 - correlation ** 2) * random.normal()
    return { x, medianMs: 1_000 * Math.exp(0.2 * error), calls: 20 + random.below(60) }
  })
}

/** How many of the next seven days lie inside of the 95% interval, and inside of that of held-out days. */
function forecastTable(): string {
  const random = new Random(3)
  const rows = [16, 20, 28, 56, 120].map((length) => {
    const counts = { inside: 0, of: 0, heldOutInside: 0, heldOutOf: 0 }
    let method = ''
    for (let round = 0; round < ROUNDS / 10; round += 1) {
      const days = weeklyCounts(random, length + 7)
      const answer = forecast(days.slice(0, length), { season: 7, horizon: 7 })
      if (!answer.enough) continue
      method = answer.method
      counts.of += 7
      counts.inside += answer.values.filter(({ interval: [from, to] }, i) => {
        return days[length + i]! >= from && days[length + i]! <= to
      }).length
      counts.heldOutInside += answer.coverage.inside
      counts.heldOutOf += answer.coverage.of
    }
    const ratio = (hits: number, of: number) => (hits / of).toFixed(3)
    const shares = `${ratio(counts.inside, counts.of)} | ${ratio(counts.heldOutInside, counts.heldOutOf)}`
    return `| ${length} | ${method} | ${shares} |`
  })
  return ['| days | method | next 7 days | held-out days |', '| ---: | --- | ---: | ---: |', ...rows].join(
    '\n',
  )
}

function weeklyCounts(random: Random, length: number): number[] {
  const [mean, weekend, growth] = [
    random.logUniform(20, 500),
    random.uniform(0.1, 0.9),
    random.uniform(-0.004, 0.008),
  ]
  return Array.from({ length }, (_, day) => {
    const expected = mean * Math.exp(growth * day) * (day % 7 >= 5 ? weekend : 1)
    return random.poisson(expected * random.gamma(20) * 0.05)
  })
}

function share(count: number): string {
  return (count / ROUNDS).toFixed(3)
}
