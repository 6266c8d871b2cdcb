import { basename } from 'node:path'
import type { Kind, Observation } from '@skillwatch/schema'
import { DURATION_MS_MAX, NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from '@skillwatch/schema/vocabulary'
import { type CiBuild, ciAttributes, sessionOf, withoutEmpty } from './ci.ts'
import type { ProgramEnd } from './run-program.ts'
import { STAGE_PHASES, type Stage } from './stages.ts'

/** What the caller says of a command, before it runs. */
export interface RunDescription {
  readonly skill: string
  readonly kind?: Kind
  readonly phase?: string
  readonly stage?: Stage
  readonly step?: string
  readonly session?: string
  readonly environment?: string
  readonly command: string
  /** Known from the `skillwatch run` around this one. */
  readonly parentInvocationId?: string | undefined
}

export type Run = Observation & { readonly invocation_id: string; readonly invoked_at: number }

/** The call that begins; of the command line only the program's name is told. A run that belongs to nothing is its own session. */
export function beginRun(run: RunDescription, ci: CiBuild | undefined, id: string, nowMs: number): Run {
  const { stage, parentInvocationId } = run
  const phase = run.phase ?? (stage && STAGE_PHASES[stage])
  const step = run.step ?? stage
  const attributes = withoutEmpty({
    'process.executable.name': basename(run.command),
    ...(ci && ciAttributes(ci)),
    'deployment.environment.name': run.environment ?? ci?.environment,
  })
  return {
    invocation_id: id,
    ...(run.kind !== undefined && { kind: run.kind }),
    skill_name: run.skill,
    session_id: fit(run.session || (ci && sessionOf(ci)) || `run_${id}`, NAME_LENGTH_MAX),
    witness: 'sdk',
    ...(parentInvocationId && { parent_invocation_id: fit(parentInvocationId, NAME_LENGTH_MAX) }),
    ...(phase !== undefined && { workflow_phase: phase }),
    ...(step !== undefined && { workflow_step_id: step }),
    invoked_at: nowMs,
    outcome: 'running',
    attributes: mapValues(attributes, (value) => fit(value, TEXT_LENGTH_MAX)),
  }
}

/** The same call, ended. @param durationMs by a clock that is never set */
export function endRun(run: Run, end: ProgramEnd, durationMs: number): Run {
  const execution_ms = Math.min(durationMs, DURATION_MS_MAX)
  return {
    ...run,
    ...outcomeOf(end),
    execution_ms,
    ended_at: Math.round(run.invoked_at + durationMs),
    attributes: { ...run.attributes, 'process.exit.code': end.exitCode },
  }
}

function outcomeOf({
  exitCode,
  signal,
  wasInterrupted,
}: ProgramEnd): Pick<Observation, 'outcome' | 'error_type'> {
  if (exitCode === 0) return { outcome: 'completed' }
  if (wasInterrupted) return { outcome: 'abandoned' }
  return {
    outcome: 'failed',
    error_type: signal === undefined ? `exit_code_${exitCode}` : `signal_${signal}`,
  }
}

/** As the wire takes it: what the environment says may hold anything. */
function fit(text: string, lengthMax: number): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, lengthMax)
    .toWellFormed()
}

function mapValues(
  values: Record<string, string>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
