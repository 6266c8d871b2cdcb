import { basename } from 'node:path'
import type { Kind, Observation } from '@skillwatch/schema'
import { DURATION_MS_MAX, NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from '@skillwatch/schema/vocabulary'
import { type CiBuild, ciAttributes, sessionOf, withoutEmpty } from './ci.ts'
import type { ProgramEnd } from './run-program.ts'
import { STAGE_PHASES, type Stage } from './stages.ts'

/** What the caller specifies about a command. */
export interface RunDescription {
  readonly skill: string
  readonly kind?: Kind
  readonly phase?: string
  readonly stage?: Stage
  readonly step?: string
  readonly session?: string
  readonly environment?: string
  readonly command: string
  /** The `skillwatch run` that runs this one, if any. */
  readonly parentInvocationId?: string | undefined
}

export type Run = Observation & { readonly invocation_id: string; readonly invoked_at: number }

/**
 * The start of a run. Of the command line it contains only the program's name. Without a session it is its
 * own.
 */
export function startObservation(
  run: RunDescription,
  ci: CiBuild | undefined,
  id: string,
  nowMs: number,
): Run {
  const { kind, stage, parentInvocationId } = run
  const phase = run.phase ?? (stage && STAGE_PHASES[stage])
  const step = run.step ?? stage
  return {
    invocation_id: id,
    ...(kind !== undefined && { kind }),
    skill_name: run.skill,
    session_id: fit(run.session || (ci && sessionOf(ci)) || `run_${id}`, NAME_LENGTH_MAX),
    witness: 'sdk',
    ...(parentInvocationId && { parent_invocation_id: fit(parentInvocationId, NAME_LENGTH_MAX) }),
    ...(phase !== undefined && { workflow_phase: phase }),
    ...(step !== undefined && { workflow_step_id: step }),
    invoked_at: nowMs,
    outcome: 'running',
    attributes: attributesOf(run, ci),
  }
}

function attributesOf({ command, environment }: RunDescription, ci: CiBuild | undefined) {
  const attributes = withoutEmpty({
    'process.executable.name': basename(command),
    ...(ci && ciAttributes(ci)),
    'deployment.environment.name': environment ?? ci?.environment,
  })
  return mapValues(attributes, (value) => fit(value, TEXT_LENGTH_MAX))
}

/** The end of a run. @param durationMs from a monotonic clock */
export function endObservation(run: Run, end: ProgramEnd, durationMs: number): Run {
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

/** Text that the wire accepts. Environment variables may contain anything. */
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
