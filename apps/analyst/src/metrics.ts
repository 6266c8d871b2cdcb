import type { FindingsReport } from '@skillwatch/schema'
import { Counter, Gauge, type Registry } from 'prom-client'

export type RunResult = 'completed' | 'failed' | 'timed_out'
type PostResult = 'accepted' | 'failed' | 'refused'

/** What a run did, over all projects. */
interface RunNumbers {
  readonly durationMs: number
  readonly detectionRuns: number
  readonly reports: readonly FindingsReport[]
  /** The wall clock at its end, epoch milliseconds. */
  readonly endedAtMs: number
}

/** What a run read of one project. */
interface ReadNumbers {
  readonly extent: 'all' | 'changes'
  /** Whether the next run can continue from it. */
  readonly isKept: boolean
  /** What is kept of all projects. */
  readonly memoryBytes: number
}

/** Metrics of the analyst itself. */
export interface AnalystMetrics {
  setActive(isActive: boolean): void
  setRunning(isRunning: boolean): void
  countPost(result: PostResult): void
  countRead(numbers: ReadNumbers): void
  countRun(result: RunResult, numbers: RunNumbers): void
}

export function createAnalystMetrics(registry: Registry): AnalystMetrics {
  const registers = [registry]
  const counter = (name: string, help: string, labelNames = ['result']) =>
    new Counter({ name: `skillwatch_analyst_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `skillwatch_analyst_${name}`, help, labelNames, registers })
  const runs = counter('runs_total', 'Runs over all projects by result.')
  const posts = counter('posts_total', 'Attempts to send a report to ingest, by result.')
  const reads = counter('reads_total', 'Reads of a project: of all hours, or of what has changed.', [
    'extent',
  ])
  const memoryBytes = gauge('memory_bytes', 'What is kept between runs, of all projects together.')
  const dropped = counter('memories_dropped_total', 'What was too large to be kept for the next run.', [])
  const active = gauge('active', '1 while this analyst works, 0 while another one works on the database.')
  const running = gauge('running', '1 during a run.')
  const duration = gauge('run_duration_seconds', 'Duration of the last run.')
  const detectionRuns = gauge(
    'detection_runs',
    'Hours that the last run tested, those tested again included.',
  )
  const findings = gauge('findings', 'Findings of the last complete report of all projects.', ['state'])
  const success = gauge('last_success_timestamp_seconds', 'When the last completed run ended; 0 before.')
  for (const result of ['completed', 'failed', 'timed_out']) runs.inc({ result }, 0)
  for (const result of ['accepted', 'failed', 'refused']) posts.inc({ result }, 0)
  for (const extent of ['all', 'changes']) reads.inc({ extent }, 0)
  for (const state of ['open', 'resolved']) findings.set({ state }, 0)
  return {
    setActive: (isActive) => active.set(Number(isActive)),
    setRunning: (isRunning) => running.set(Number(isRunning)),
    countPost: (result) => posts.inc({ result }),
    countRead: (numbers) => {
      reads.inc({ extent: numbers.extent })
      memoryBytes.set(numbers.memoryBytes)
      if (!numbers.isKept) dropped.inc()
    },
    countRun: (result, numbers) => {
      runs.inc({ result })
      duration.set(numbers.durationMs / 1_000)
      detectionRuns.set(numbers.detectionRuns)
      if (result !== 'completed') return
      success.set(numbers.endedAtMs / 1_000)
      const all = numbers.reports.flatMap((report) => report.findings)
      const open = all.filter(({ resolved_at }) => resolved_at === null).length
      findings.set({ state: 'open' }, open)
      findings.set({ state: 'resolved' }, all.length - open)
    },
  }
}
