import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { inheritedEnvironment, until } from '@skillwatch/testkit'

/** A shell that a person types into, in a pseudo-terminal. */
export interface Terminal extends AsyncDisposable {
  /**
   * Types keys and Enter, and waits for the next prompt.
   * @returns what the terminal showed after the keys
   */
  enter(keys: string): Promise<string>
}

/**
 * Starts a shell and waits until it is ready. `script` of util-linux makes the pseudo-terminal.
 * @param command the command line of a shell whose prompt is `ready> `
 */
export async function openTerminal(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<Terminal> {
  const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    env: { ...inheritedEnvironment(), TERM: 'dumb', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  let prompts = 0
  const waitForPrompt = async () => {
    prompts += 1
    await until(() => output.split('ready> ').length > prompts, { what: `a prompt in ${command}` })
  }
  await waitForPrompt()
  return {
    async enter(keys) {
      const start = output.length
      child.stdin.write(`${keys}\n`)
      await waitForPrompt()
      return output.slice(start)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end('\u0004')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
