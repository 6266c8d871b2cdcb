import { parseArgs } from 'node:util'
import { baselinesAt } from '../src/anomalies/baselines.ts'
import { type BaselineSource, detectOver } from '../src/anomalies/detect.ts'
import type { HourlyTable } from '../src/index.ts'
import { ALL_GRADES, type Fault, FIRST_FAULT_HOUR, GOAL_GRADES, planFaults } from './faults.ts'
import { type Judgement, judge } from './judge.ts'
import { oracleOf } from './oracle.ts'
import { bySizeAndCalls, bySizeAndHours, falseAlarmLine, precisionLine, recallTable } from './report.ts'
import { simulate } from './simulate.ts'
import { createWorld, DAYS, FIRST_HOUR_MS, HOURS, type SkillWorld } from './world.ts'

/**
 * Replays 60 simulated days of 200 skills hour by hour, with and without faults, and prints how many faults
 * were found, how late, and how many findings were false, beside a detector that is given the truth. With
 * --goals the faults are those that it should find, and there is no replay without faults.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '201,202,203' },
    skills: { type: 'string', default: '200' },
    faults: { type: 'string', default: '70' },
    goals: { type: 'boolean', default: false },
  },
})
const HOUR_MS = 3_600_000
const seeds = values.seeds.split(',').map(Number)
const grades = values.goals ? GOAL_GRADES : ALL_GRADES
const ours: Judgement[] = []
const oracle: Judgement[] = []
const cleanOurs: Judgement[] = []
const cleanOracle: Judgement[] = []

for (const seed of seeds) {
  const world = createWorld(seed, Number(values.skills))
  const faults = planFaults(world, seed + 1_000, Number(values.faults), grades)
  const faulty = simulate(world, faults, seed)
  ours.push(replay(world, faults, faulty, baselinesAt))
  oracle.push(replay(world, faults, faulty, oracleOf(world)))
  if (values.goals) continue
  const clean = simulate(world, [], seed + 2_000)
  cleanOurs.push(replay(world, [], clean, baselinesAt))
  cleanOracle.push(replay(world, [], clean, oracleOf(world)))
}
printResults(seeds.length * (DAYS - FIRST_FAULT_HOUR / 24))

function printResults(days: number): void {
  const compared = { ours, oracle }
  for (const gradeOf of [bySizeAndHours, bySizeAndCalls]) print(recallTable(compared, gradeOf), '')
  print(precisionLine('ours', ours), precisionLine('oracle', oracle))
  if (values.goals) return
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
