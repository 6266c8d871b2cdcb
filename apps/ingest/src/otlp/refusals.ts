/**
 * Error types by the source of a refusal in Claude Code's words. Transcripts are read with the same error
 * types.
 */
const CLASSES: Readonly<Record<string, string>> = {
  config: 'permission_denied',
  hook: 'hook_blocked',
  user_permanent: 'user_rejected',
  user_temporary: 'user_rejected',
  user_reject: 'user_rejected',
  user_abort: 'user_interrupted',
}

/** The error type of a refused call, one of few. */
export function classifyRefusal(source: string | undefined): string {
  return (source !== undefined && Object.hasOwn(CLASSES, source) && CLASSES[source]) || 'permission_denied'
}
