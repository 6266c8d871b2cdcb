import { parseArgs } from 'node:util'
import { baselinesAt } from '../src/anomalies/baselines.ts'
import { type BaselineSource, detectOver } from '../src/anomalies/detect.ts'
import type { HourlyTable } from '../src/index.ts'
import { type Fault, FIRST_FAULT_HOUR, planFaults } from './faults.ts'
import { type Judgement, judge } from './judge.ts'
import { oracleOf } from './oracle.ts'
import {
  byGoal,
  bySizeAndCalls,
  bySizeAndHours,
  falseAlarmLine,
  precisionLine,
  recallTable,
} from './report.ts'
import { simulate } from './simulate.ts'
import { createWorld, DAYS, FIRST_HOUR_MS, HOURS, type SkillWorld } from './world.ts'

/**
 * Replays 60 simulated days of 200 skills hour by hour, with and without faults, and prints how many faults
 * were found, how late, and how many findings were false, beside a detector that is given the truth.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '201,202,203' },
    skills: { type: 'string', default: '200' },
    faults: { type: 'string', default: '70' },
  },
})
const HOUR_MS = 3_600_000
const seeds = values.seeds.split(',').map(Number)
const ours: Judgement[] = []
const oracle: Judgement[] = []
const cleanOurs: Judgement[] = []
const cleanOracle: Judgement[] = []

for (const [i, seed] of seeds.entries()) {
  const world = createWorld(seed, Number(values.skills))
  const faults = planFaults(world, seed + 1_000, Number(values.faults))
  const faulty = simulate(world, faults, seed)
  ours.push(replay(world, faults, faulty, baselinesAt))
  oracle.push(replay(world, faults, faulty, oracleOf(world)))
  const clean = simulate(world, [], seed + 2_000)
  cleanOurs.push(replay(world, [], clean, baselinesAt))
  cleanOracle.push(replay(world, [], clean, oracleOf(world)))
  print(`## Seeds ${seeds.slice(0, i + 1)}`)
  printResults((i + 1) * (DAYS - FIRST_FAULT_HOUR / 24))
}

function printResults(days: number): void {
  const compared = { ours, oracle }
  for (const gradeOf of [bySizeAndHours, bySizeAndCalls, byGoal]) print(recallTable(compared, gradeOf), '')
  print(precisionLine('ours', ours), precisionLine('oracle', oracle))
  print(falseAlarmLine('ours', cleanOurs, days), falseAlarmLine('oracle', cleanOracle, days))
}

function replay(
  world: readonly SkillWorld[],
  faults: readonly Fault[],
  table: HourlyTable,
  source: BaselineSource,
): Judgement {
  const schedule = {
    firstRunAtMs: FIRST_HOUR_MS + FIRST_FAULT_HOUR * HOUR_MS,
    lastRunAtMs: FIRST_HOUR_MS + HOURS * HOUR_MS,
    everyMs: HOUR_MS,
    lateMs: 0,
    silenceLateMs: 0,
  }
  return judge(world, faults, detectOver(table, schedule, source).findings)
}

function print(...lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
