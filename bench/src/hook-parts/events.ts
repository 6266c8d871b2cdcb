/**
 * Start and end of one call as Claude Code's hooks send them, with a result as large as a screen of text.
 */
export function hookEvents(number: number, sessionId: string): [start: Buffer, end: Buffer] {
  const call = {
    session_id: sessionId,
    transcript_path: `/home/me/.claude/projects/-home-me-web/${sessionId}.jsonl`,
    cwd: '/home/me/web',
    prompt_id: `prompt-${Math.floor(number / 10)}`,
    tool_name: 'Bash',
    tool_input: { command: 'npm test -- --run', description: 'Run the tests' },
    tool_use_id: `toolu_${sessionId}_${number}`,
  }
  const end = { tool_response: { stdout: 'x'.repeat(4_000), stderr: '' }, duration_ms: 1_234 }
  return [
    Buffer.from(JSON.stringify({ ...call, hook_event_name: 'PreToolUse' })),
    Buffer.from(JSON.stringify({ ...call, ...end, hook_event_name: 'PostToolUse' })),
  ]
}
