import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder of Claude Code's settings and transcripts. */
export function claudeFolder(env: NodeJS.ProcessEnv): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || homedir(), '.claude')
}
