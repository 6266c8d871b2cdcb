import { printable, table } from '../text.ts'
import type { SimulationStatus } from './run-simulation.ts'

/** One line about a running simulation. */
export function statusLine(status: SimulationStatus): string {
  const { elapsed_ms, started, running, outcomes, sent, waiting, behind_ms } = status
  const parts = [
    `${(elapsed_ms / 1_000).toFixed(0)} s`,
    `${number(started)} started (${perSecond(status)}/s)`,
    `${number(running)} running`,
    `${number((outcomes.failed ?? 0) + (outcomes.rejected ?? 0))} failed or rejected`,
    `${number(sent.accepted)} accepted`,
  ]
  if (waiting > 0) parts.push(`${number(waiting)} waiting`)
  if (behind_ms >= 1_000) parts.push(`${(behind_ms / 1_000).toFixed(1)} s behind: the server is slow`)
  return parts.join(' | ')
}

/** The result of a simulation as text. */
export function simulationLines(
  status: SimulationStatus,
  { runId, seed, project }: { runId: string; seed: number; project: string },
): string[] {
  const { started, outcomes, sent } = status
  const seconds = (status.elapsed_ms / 1_000).toFixed(1)
  const ended = Object.entries(outcomes).sort(([, a], [, b]) => b - a)
  const answers = [
    `${number(sent.accepted)} accepted`,
    `${number(sent.duplicates)} known already`,
    `${number(sent.rejected)} refused`,
  ]
  return table([
    ['run', `${runId}, seed ${seed}`],
    ['project', printable(project)],
    ['calls', `${number(started)} in ${seconds} s until the last answer, ${perSecond(status)} a second`],
    ['outcomes', ended.map(([outcome, count]) => `${number(count)} ${outcome}`).join(', ') || 'none'],
    ['sent', answers.join(', ')],
  ])
}

function perSecond({ started, elapsed_ms }: SimulationStatus): string {
  return elapsed_ms === 0 ? '0' : ((started * 1_000) / elapsed_ms).toFixed(1)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
