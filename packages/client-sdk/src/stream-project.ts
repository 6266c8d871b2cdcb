import type { ServerMessage } from '@skillwatch/schema'

/**
 * Whether what a server streams is of the project that was asked for.
 * @returns told each message in order; what is wrong as soon as data of another project would follow
 */
export function createProjectCheck(
  expected: string | undefined,
): (message: ServerMessage) => string | undefined {
  let told: string | undefined
  return (message) => {
    // A server that needs no key greets with `default` first, and again when it has read the key.
    if (message.type === 'hello') told = message.project
    const begins = message.type === 'subscribed' || message.type === 'metrics'
    if (!begins || expected === undefined || told === expected) return undefined
    return `it is of project ${JSON.stringify(told)}, asked for was ${JSON.stringify(expected)}: send a key of that project`
  }
}
