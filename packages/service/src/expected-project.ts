import type { IncomingHttpHeaders } from 'node:http'
import type { Project } from './access.ts'
import { ProblemError } from './problems.ts'

/** The header that names the project a caller expects, percent-encoded like a name in a URL. */
export const PROJECT_HEADER = 'skillwatch-project'

/** The project that a request names; undefined when it names none. @throws {ProblemError} */
export function namedProject(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[PROJECT_HEADER]
  return value === undefined ? undefined : decodeName(String(value))
}

/**
 * Refuses a request that names a project other than the one it would reach, so that a wrong key cannot mix
 * the data of two projects. With a key, the name grants nothing: the key alone decides.
 * @param named the project that the request names
 * @param reached the project that it would read and write
 * @throws {ProblemError} when they differ
 */
export function refuseOtherProject(named: string | undefined, reached: Project, hasKey: boolean): void {
  if (named === undefined || named === reached.name) return
  const reachedName = `project ${JSON.stringify(reached.name)}`
  const cause = hasKey
    ? `this API key opens ${reachedName}`
    : `without an API key a request reaches ${reachedName}`
  const remedy = hasKey
    ? 'send a key of that project'
    : 'send a key of that project, or make it with `skillwatch project create` if it does not exist'
  const wanted = `project ${JSON.stringify(named.slice(0, 200))}`
  throw new ProblemError('wrong-project', `${cause}, the request is for ${wanted}: ${remedy}`)
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ProblemError(
      'invalid-request',
      `${PROJECT_HEADER}: expected a percent-encoded name, got ${text.slice(0, 200)}`,
    )
  }
}
