import type { Outcome } from '../words.ts'

export interface Ending {
  readonly outcome: Outcome
  readonly error_type?: string
}

/** Characters that are enough to classify an error; the rest of its text is never read. */
const HEAD_LENGTH = 400

/**
 * Error texts of calls that the user, the settings or a hook refused, as Claude Code 1.0 to 2.1 writes them,
 * each with its class. The first match wins.
 */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^The user doesn['’]t want to (proceed with this tool use|take this action right now)/, 'user_rejected'],
  [/^(User rejected|The user (has )?rejected)/i, 'user_rejected'],
  [/^(Tool use (was )?rejected|The tool use was rejected)/i, 'user_rejected'],
  [/^\[Request interrupted by user/, 'user_interrupted'],
  [/^(Interrupted by user|Request was aborted|Command was aborted)/i, 'user_interrupted'],
  [
    /^(Permission (to use|for this)|Permission denied by|Claude requested permissions? )/,
    'permission_denied',
  ],
  [/^This (command|tool|Bash command) .{0,80}requires approval/, 'permission_denied'],
  [/^\S{1,80} (hook )?(blocked|denied)\b|^\S{1,80} hook (error|returned blocking error)/i, 'hook_blocked'],
]

/**
 * Error texts of failed calls with their class. Classes are few and hold no other text of the error. First
 * match wins.
 */
const FAILURES: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [
    /^(?:Error: )?(InputValidationError|McpError|AbortError|TimeoutError|FileTooLargeError|ShellError)\b/,
    ([, name]) => name!,
  ],
  [/^(?:Error: )?Exit code (\d{1,3})\b/, ([, code]) => `exit_code_${code}`],
  [/^Request failed with status code ([1-5]\d\d)\b/, ([, status]) => `http_${status}`],
  [/^(EACCES|EEXIST|EISDIR|ELOOP|ENOENT|ENOTDIR|ENOTEMPTY|EPERM|EROFS): /, ([, code]) => code!],
  [/^(EAGAIN|EBUSY|ECONNREFUSED|ECONNRESET|EMFILE|ENOSPC|ENOTFOUND|EPIPE|ETIMEDOUT): /, ([, code]) => code!],
  [/^Sibling tool call errored|^Cancelled: parallel tool call/, () => 'sibling_errored'],
  [/^String to replace not found|^Found \d+ matches of the string/, () => 'edit_mismatch'],
  [/^File has (not been read yet|been (unexpectedly )?modified)/, () => 'stale_file'],
  [/^File (content )?.{0,60}exceeds maximum/, () => 'too_large'],
  [/^(File|Path|Directory) does not exist|^No such (file|tool)/, () => 'not_found'],
  [/^(Unknown skill|Agent type .{1,200} not found)/, () => 'not_found'],
  [/^(Command )?timed out|^.{0,80}\btimed out after\b/i, () => 'timeout'],
  [/^No such tool available/, () => 'unknown_tool'],
]

/** The outcome of a call by its result. A result without `is_error` is a success. */
export function classifyResult(isError: boolean, errorText: string): Ending {
  if (!isError) return { outcome: 'completed' }
  const head = errorText
    .slice(0, HEAD_LENGTH)
    .replace(/^\s*<(tool_use_error|error)>\s*/, '')
    .replace(/^Error: /, '')
    .trimStart()
  const refusal = REFUSALS.find(([pattern]) => pattern.test(head))
  if (refusal) return { outcome: 'rejected', error_type: refusal[1] }
  for (const [pattern, toClass] of FAILURES) {
    const match = pattern.exec(head)
    if (match) return { outcome: 'failed', error_type: toClass(match) }
  }
  return { outcome: 'failed', error_type: 'tool_error' }
}
