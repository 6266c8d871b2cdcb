import type { Kind, Outcome, Witness } from './words.ts'

/** Something that a witness cannot see, or sees only in part, and why. */
export interface BlindSpot {
  readonly blind_spot_id: string
  readonly witness: Witness
  /** Calls of these kinds; of all kinds when absent. */
  readonly kinds?: readonly Kind[]
  /** Calls that ended so; all when absent. */
  readonly outcomes?: readonly Outcome[]
  /** Whether it misses the calls themselves (`calls`) or sees them with something missing or unsure (`fields`). */
  readonly misses: 'calls' | 'fields'
  readonly reason: string
}

/**
 * What is known beforehand of each witness, from the documents of Claude Code's hooks, telemetry and transcripts and of
 * OpenTelemetry's GenAI conventions. The more particular spots of a witness stand before its general ones.
 */
export const BLIND_SPOTS: readonly BlindSpot[] = [
  {
    blind_spot_id: 'sdk.unwrapped',
    witness: 'sdk',
    misses: 'calls',
    reason: 'It sees what a program tracks or wraps, and nothing else of the session.',
  },
  {
    blind_spot_id: 'hook.refused',
    witness: 'hook',
    outcomes: ['rejected'],
    misses: 'calls',
    reason:
      'A refusal is told by PermissionDenied alone, which versions of Claude Code before it do not send and setups without it do not get. A person who says no may end the call without any event.',
  },
  {
    blind_spot_id: 'hook.failed',
    witness: 'hook',
    outcomes: ['failed'],
    misses: 'calls',
    reason:
      'PostToolUse is sent after successes only. Failures need PostToolUseFailure, which older versions lack.',
  },
  {
    blind_spot_id: 'hook.interrupted',
    witness: 'hook',
    outcomes: ['running', 'abandoned'],
    misses: 'calls',
    reason: 'A call that is cut off gets no event of its end; only PreToolUse tells that it began.',
  },
  {
    blind_spot_id: 'hook.commands',
    witness: 'hook',
    kinds: ['command'],
    misses: 'calls',
    reason:
      'Typed commands are told by UserPromptExpansion, which older versions lack; built-in ones are not told.',
  },
  {
    blind_spot_id: 'hook.instants',
    witness: 'hook',
    misses: 'fields',
    reason: 'Hooks carry no time: start and end are when the event was received.',
  },
  {
    blind_spot_id: 'otel_log.refused',
    witness: 'otel_log',
    outcomes: ['rejected'],
    misses: 'calls',
    reason: 'tool_result is not sent for refused calls: only tool_decision tells of them.',
  },
  {
    blind_spot_id: 'otel_log.unfinished',
    witness: 'otel_log',
    outcomes: ['running', 'abandoned'],
    misses: 'calls',
    reason: 'tool_result is sent when a call has ended; one that is cut off leaves at most its activation.',
  },
  {
    blind_spot_id: 'otel_log.commands',
    witness: 'otel_log',
    kinds: ['command'],
    misses: 'calls',
    reason:
      'user_prompt names a typed command in newer versions only; before, skill_activated told of one when it was a skill.',
  },
  {
    blind_spot_id: 'otel_log.skills',
    witness: 'otel_log',
    kinds: ['skill', 'command'],
    misses: 'fields',
    reason:
      'skill_activated has neither a duration nor the id of the call: it is joined by session, prompt and name to the nearest call, and to the command where the skill was typed.',
  },
  {
    blind_spot_id: 'otel_log.agents',
    witness: 'otel_log',
    kinds: ['agent'],
    misses: 'fields',
    reason:
      'subagent_completed has no id of the call: it is joined by session, prompt and name to the call that ended nearest. A sub-agent in the background is joined to the call that began nearest, and how long it ran is no part of that call.',
  },
  {
    blind_spot_id: 'otel_log.names',
    witness: 'otel_log',
    misses: 'fields',
    reason:
      'Names of own skills and sub-agents, of plugins and of the tools of MCP servers are redacted unless OTEL_LOG_TOOL_DETAILS=1 is set.',
  },
  {
    blind_spot_id: 'otel_span.refused',
    witness: 'otel_span',
    outcomes: ['rejected'],
    misses: 'calls',
    reason: 'An execute_tool span describes an execution, and a refused call is never executed.',
  },
  {
    blind_spot_id: 'otel_span.unfinished',
    witness: 'otel_span',
    outcomes: ['running', 'abandoned'],
    misses: 'calls',
    reason: 'A span is exported when it has ended: a call that runs or is cut off has none yet.',
  },
  {
    blind_spot_id: 'otel_span.commands',
    witness: 'otel_span',
    kinds: ['command'],
    misses: 'calls',
    reason: 'Spans describe what an agent executes; a command typed by a person is none of that.',
  },
  {
    blind_spot_id: 'transcript.cleanup',
    witness: 'transcript',
    misses: 'calls',
    reason:
      'It has every call, but is read only when it is imported, and Claude Code deletes transcripts after cleanupPeriodDays, 30 unless set.',
  },
  {
    blind_spot_id: 'transcript.execution',
    witness: 'transcript',
    misses: 'fields',
    reason:
      'Its lines tell when a call and its result were written: the time between includes waiting for permission (elapsed_ms); execution_ms is there only where a tool reports its own.',
  },
  {
    blind_spot_id: 'transcript.prompts',
    witness: 'transcript',
    misses: 'fields',
    reason:
      'Only records of the user name a prompt, and those of older versions none: a call belongs to the one that was named last before it.',
  },
  {
    blind_spot_id: 'import.outcomes',
    witness: 'import',
    outcomes: ['running', 'rejected'],
    misses: 'calls',
    reason:
      'session-buddy keeps one flag per finished call: refused calls are not told apart from abandoned ones.',
  },
  {
    blind_spot_id: 'import.age',
    witness: 'import',
    misses: 'calls',
    reason: 'It has what another program had recorded when it was imported, and nothing since.',
  },
]

/** Why a witness may have missed calls of a kind with an outcome: the most particular reason known, if there is one. */
export function blindSpotFor(witness: Witness, kind: Kind, outcome: Outcome): BlindSpot | undefined {
  return BLIND_SPOTS.find(
    (spot) =>
      spot.witness === witness &&
      spot.misses === 'calls' &&
      (spot.kinds?.includes(kind) ?? true) &&
      (spot.outcomes?.includes(outcome) ?? true),
  )
}
