import type { ServerMessage } from '@skillwatch/schema'

/**
 * Checks that a stream belongs to the expected project.
 * @returns a function to call with each message in order; it returns an error text before data of another
 * project follows
 */
export function createProjectCheck(
  expected: string | undefined,
): (message: ServerMessage) => string | undefined {
  let actual: string | undefined
  return (message) => {
    // A server that needs no key sends `hello` for `default` first, and a second one after it has read the
    // key.
    if (message.type === 'hello') actual = message.project
    const begins = message.type === 'subscribed' || message.type === 'metrics'
    if (!begins || expected === undefined || actual === expected) return undefined
    const names = `${JSON.stringify(actual)}, the request is for project ${JSON.stringify(expected)}`
    return `the stream is of project ${names}: send a key of that project`
  }
}
