import type { Kind, Outcome, Witness } from './words.ts'

/** What a witness cannot see, or sees only in part, and why. */
export interface BlindSpot {
  readonly blind_spot_id: string
  readonly witness: Witness
  /** Concerns calls of these kinds; of all kinds when absent. */
  readonly kinds?: readonly Kind[]
  /** Concerns calls with these outcomes; with any outcome when absent. */
  readonly outcomes?: readonly Outcome[]
  /**
   * `calls`: the witness misses whole calls. `fields`: it sees the calls, with missing or uncertain fields.
   */
  readonly misses: 'calls' | 'fields'
  readonly reason: string
}

/**
 * The known blind spots of each witness, from the documents of Claude Code's hooks, telemetry and
 * transcripts, and of OpenTelemetry's GenAI conventions. The specific ones of a witness come before its
 * general ones.
 */
export const BLIND_SPOTS: readonly BlindSpot[] = [
  {
    blind_spot_id: 'sdk.unwrapped',
    witness: 'sdk',
    misses: 'calls',
    reason: 'It sees only calls that a program tracks or wraps.',
  },
  {
    blind_spot_id: 'hook.refused',
    witness: 'hook',
    outcomes: ['rejected'],
    misses: 'calls',
    reason:
      'Only PermissionDenied reports a refusal. Older versions of Claude Code do not send it, and ' +
      'older setups do not receive it. When a person refuses a call, it may end without an event.',
  },
  {
    blind_spot_id: 'hook.failed',
    witness: 'hook',
    outcomes: ['failed'],
    misses: 'calls',
    reason:
      'PostToolUse reports successful calls only. PostToolUseFailure reports failed calls; older ' +
      'versions lack it.',
  },
  {
    blind_spot_id: 'hook.interrupted',
    witness: 'hook',
    outcomes: ['running', 'abandoned'],
    misses: 'calls',
    reason: 'An interrupted call has no event at its end, only PreToolUse at its start.',
  },
  {
    blind_spot_id: 'hook.commands',
    witness: 'hook',
    kinds: ['command'],
    misses: 'calls',
    reason:
      'UserPromptExpansion reports typed commands; older versions lack it. Built-in commands are ' +
      'not reported.',
  },
  {
    blind_spot_id: 'hook.instants',
    witness: 'hook',
    misses: 'fields',
    reason: 'Hooks carry no time: start and end are the times when their events were received.',
  },
  {
    blind_spot_id: 'otel_log.refused',
    witness: 'otel_log',
    outcomes: ['rejected'],
    misses: 'calls',
    reason: 'Refused calls have no tool_result; only tool_decision reports them.',
  },
  {
    blind_spot_id: 'otel_log.unfinished',
    witness: 'otel_log',
    outcomes: ['running', 'abandoned'],
    misses: 'calls',
    reason: 'tool_result is sent when a call ends. An interrupted call has at most an activation.',
  },
  {
    blind_spot_id: 'otel_log.commands',
    witness: 'otel_log',
    kinds: ['command'],
    misses: 'calls',
    reason:
      'user_prompt names typed commands in newer versions only. In older versions, skill_activated ' +
      'reports a typed command only if it is a skill.',
  },
  {
    blind_spot_id: 'otel_log.skills',
    witness: 'otel_log',
    kinds: ['skill', 'command'],
    misses: 'fields',
    reason:
      'skill_activated has neither a duration nor the id of the call. It is correlated with the ' +
      'nearest call of its session, prompt and name, or with the command if the skill was typed.',
  },
  {
    blind_spot_id: 'otel_log.agents',
    witness: 'otel_log',
    kinds: ['agent'],
    misses: 'fields',
    reason:
      'subagent_completed has no id of the call. It is correlated by session, prompt and name with ' +
      'the call whose end is nearest in time; for a sub-agent in the background, with the call ' +
      'whose start is nearest. The duration of a sub-agent in the background is not stored with the ' +
      'call.',
  },
  {
    blind_spot_id: 'otel_log.names',
    witness: 'otel_log',
    misses: 'fields',
    reason:
      'Names of custom skills and sub-agents, of plugins and of the tools of MCP servers are ' +
      'redacted unless OTEL_LOG_TOOL_DETAILS=1 is set.',
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
    reason: 'A span is exported when it ends. A running or interrupted call has no span yet.',
  },
  {
    blind_spot_id: 'otel_span.commands',
    witness: 'otel_span',
    kinds: ['command'],
    misses: 'calls',
    reason: 'Spans describe what an agent executes, not the commands that a person types.',
  },
  {
    blind_spot_id: 'transcript.cleanup',
    witness: 'transcript',
    misses: 'calls',
    reason:
      'It contains every call, but it is read only by an import. Claude Code deletes transcripts ' +
      'after cleanupPeriodDays (default 30).',
  },
  {
    blind_spot_id: 'transcript.execution',
    witness: 'transcript',
    misses: 'fields',
    reason:
      'Its lines carry the times when a call and its result were written. The time between them ' +
      '(elapsed_ms) includes waiting for permission. execution_ms is known only for tools that ' +
      'report their own time.',
  },
  {
    blind_spot_id: 'transcript.prompts',
    witness: 'transcript',
    misses: 'fields',
    reason:
      'Only lines of the user carry the id of a prompt, and in older versions none do. A call gets ' +
      'the last prompt before it.',
  },
  {
    blind_spot_id: 'import.outcomes',
    witness: 'import',
    outcomes: ['running', 'rejected'],
    misses: 'calls',
    reason:
      'session-buddy stores one flag per finished call, so refused calls cannot be distinguished ' +
      'from abandoned ones.',
  },
  {
    blind_spot_id: 'import.age',
    witness: 'import',
    misses: 'calls',
    reason: 'It contains only what the other program had recorded at the time of the import.',
  },
]

/**
 * Why a witness may have missed calls of a kind and outcome: the most specific known reason, if there is
 * one.
 */
export function blindSpotFor(witness: Witness, kind: Kind, outcome: Outcome): BlindSpot | undefined {
  return BLIND_SPOTS.find(
    (spot) =>
      spot.witness === witness &&
      spot.misses === 'calls' &&
      (spot.kinds?.includes(kind) ?? true) &&
      (spot.outcomes?.includes(outcome) ?? true),
  )
}
