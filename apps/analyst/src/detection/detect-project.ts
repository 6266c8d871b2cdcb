import { setImmediate } from 'node:timers/promises'
import {
  type AnomalyFinding,
  type Detected,
  detectRunByRun,
  frequentSkills,
  type HourlyTable,
  hourlyTableOf,
  LIVE_ALLOWANCE,
  NOTHING_DETECTED,
} from '@skillwatch/analytics'
import { hourlyCalls, openReader, type Reader, snapshot } from '@skillwatch/db'
import { DURATION_BOUNDS_MS } from '@skillwatch/schema'
import type { Plan } from '../schedule.ts'
import { HourDigests } from './hour-digests.ts'
import { InterimResults, type ReadHours, type RunMemory, untilMsOf, validResults } from './memory.ts'

const HOUR_MS = 3_600_000

/** A run for one project. */
export interface ProjectRun {
  readonly databaseUrl: string
  readonly projectId: number
  readonly plan: Plan
  /** The zone whose hours of the week are alike. */
  readonly timeZone: string
  readonly memory: RunMemory | undefined
}

/** What a run found. */
export interface ProjectResult {
  /** From the begin of the plan on, ordered by the hour that opened them. */
  readonly findings: readonly AnomalyFinding[]
  readonly memory: RunMemory
  /** How many runs of detection this took: one when nothing but the newest hour has changed. */
  readonly runCount: number
}

/**
 * Reads the hours of a plan from one snapshot, and tests those after the last interim result that still
 * holds. The
 * findings are a function of the rows, whatever former runs have read.
 * @throws {TooManySkillsError} when the hours do not fit into memory
 */
export async function detectProject({ memory, plan, ...run }: ProjectRun): Promise<ProjectResult> {
  const { table, hours } = readHours(run, plan)
  const valid = validResults(memory, hours)
  const interim = new InterimResults(plan.untilMs)
  for (const each of valid) interim.add(untilMsOf(each), () => each)
  const start = valid.at(-1) ?? NOTHING_DETECTED
  const { findings, runCount } = await detectFrom(start, table, plan, interim)
  return { findings, runCount, memory: { hours, interim: interim.all() } }
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

function readHours(
  { databaseUrl, projectId, timeZone }: Omit<ProjectRun, 'plan' | 'memory'>,
  { fromMs, untilMs: toMs }: Plan,
): { table: HourlyTable; hours: ReadHours } {
  using reader = openReader(databaseUrl)
  const digests = new HourDigests({ fromMs, toMs })
  const read = (from: Reader) => {
    const rows = digests.read(hourlyCalls(from, projectId, [fromMs, toMs]))
    return hourlyTableOf(frequentSkills(rows, { hours: (toMs - fromMs) / HOUR_MS }), {
      ...{ fromMs, toMs, timeZone },
      durationBoundsMs: DURATION_BOUNDS_MS,
    })
  }
  const table = snapshot(reader, () => read(reader))
  return { table, hours: { fromMs, digests: digests.digests() } }
}
