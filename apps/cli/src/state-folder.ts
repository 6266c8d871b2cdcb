import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder for what this program remembers between runs (XDG Base Directory Specification). */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'skillwatch')
}
