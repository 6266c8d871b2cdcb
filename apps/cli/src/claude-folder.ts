import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Claude Code keeps its own files: settings, transcripts. */
export function claudeFolder(env: NodeJS.ProcessEnv): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || homedir(), '.claude')
}
