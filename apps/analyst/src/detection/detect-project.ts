import { setImmediate } from 'node:timers/promises'
import {
  type AnomalyFinding,
  BASELINE_CALLS_MIN,
  type Detected,
  detectRunByRun,
  frequentSkills,
  HOURS_BEFORE_RUN,
  type HourlyTable,
  hourlyTableOf,
  LIVE_ALLOWANCE,
  NOTHING_DETECTED,
} from '@skillwatch/analytics'
import { DURATION_BOUNDS_MS } from '@skillwatch/schema'
import type { Plan } from '../schedule.ts'
import { InterimResults, memoryFor, packMemory, untilMsOf, validResults } from './memory.ts'
import { type HourSource, type ReadHours, readHours } from './read-hours.ts'
import type { Slices } from './slices.ts'

const HOUR_MS = 3_600_000

/** A run for one project. */
export interface ProjectRun extends HourSource {
  readonly plan: Plan
  /** The zone whose hours of the week are alike. */
  readonly timeZone: string
  /** What the run before has handed on. */
  readonly memory: Uint8Array | undefined
}

/** What a run found. */
export interface ProjectResult {
  /** From the begin of the plan on, ordered by the hour that opened them. */
  readonly findings: readonly AnomalyFinding[]
  /** For the next run. */
  readonly memory: Uint8Array
  /** How many runs of detection this took: one when nothing but the newest hour has changed. */
  readonly runCount: number
  /** Whether all hours were read, or only those that have changed. */
  readonly extent: ReadHours['extent']
}

/**
 * Reads the hours of a plan that have changed, and tests those after the last interim result that still
 * holds. The findings are a function of the rows, whatever former runs have read.
 * @throws {TooManySkillsError} when the hours do not fit into memory
 */
export async function detectProject({ plan, timeZone, ...run }: ProjectRun): Promise<ProjectResult> {
  const memory = memoryFor(plan, run.memory)
  const { slices, changedFromMs, extent, ...read } = readHours(run, plan, memory)
  const valid = validResults(memory, changedFromMs)
  const interim = new InterimResults(plan.untilMs)
  for (const each of valid) interim.add(untilMsOf(each), () => each)
  const start = valid.at(-1) ?? NOTHING_DETECTED
  const { findings, runCount } = await detectFrom(
    start,
    tableAfter(start, slices, plan, timeZone),
    plan,
    interim,
  )
  const { fromMs, untilMs } = plan
  const next = packMemory({ ...slices.packed(), ...read, fromMs, untilMs, interim: interim.all() })
  return { findings, runCount, extent, memory: next }
}

async function detectFrom(start: Detected, table: HourlyTable, plan: Plan, interim: InterimResults) {
  const { lateMs } = LIVE_ALLOWANCE
  const firstRunAtMs = Math.max(plan.firstRunAtMs, untilMsOf(start) + lateMs + plan.everyMs)
  const runs = detectRunByRun(table, { ...plan, firstRunAtMs, ...LIVE_ALLOWANCE }, start)
  for (let runCount = 0; ; runCount += 1) {
    const next = runs.next()
    if (next.done) return { findings: next.value.findings, runCount }
    interim.add(next.value.atMs - lateMs, next.value.detected)
    // Events arrive between two runs, such as the end of the parent process.
    await setImmediate()
  }
}

/** The hours that runs after a result read: those that they test, and those of the baselines. */
function tableAfter(start: Detected, slices: Slices, plan: Plan, timeZone: string): HourlyTable {
  const fromMs = Math.max(plan.fromMs, untilMsOf(start) - HOURS_BEFORE_RUN * HOUR_MS)
  const hours = (plan.untilMs - plan.fromMs) / HOUR_MS
  return hourlyTableOf(frequentSkills(slices.rows(BASELINE_CALLS_MIN), { hours }), {
    ...{ fromMs, toMs: plan.untilMs, timeZone },
    durationBoundsMs: DURATION_BOUNDS_MS,
  })
}
