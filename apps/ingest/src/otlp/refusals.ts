/** Who refused a call, by the source that Claude Code tells, in the words that transcripts are read in. */
const CLASSES: Readonly<Record<string, string>> = {
  config: 'permission_denied',
  hook: 'hook_blocked',
  user_permanent: 'user_rejected',
  user_temporary: 'user_rejected',
  user_reject: 'user_rejected',
  user_abort: 'user_interrupted',
}

/** The class of a refusal, one of few. */
export function classifyRefusal(source: string | undefined): string {
  return (source !== undefined && Object.hasOwn(CLASSES, source) && CLASSES[source]) || 'permission_denied'
}
