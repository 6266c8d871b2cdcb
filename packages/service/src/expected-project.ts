import type { Project } from './access.ts'
import { ProblemError } from './problems.ts'

/** The header that names the project a caller expects, percent-encoded like a name in a URL. */
export const PROJECT_HEADER = 'skillwatch-project'

/**
 * Refuses a request that names a project other than the one its key belongs to, so that a wrong key cannot
 * mix the data of two projects. The header grants nothing: the key alone decides which project a request
 * reaches.
 * @param expected the header's value, undefined when it was not sent
 * @throws {ProblemError} when the request would reach another project
 */
export function refuseOtherProject(
  expected: string | string[] | undefined,
  project: Project,
  hasKey: boolean,
): void {
  if (expected === undefined) return
  const name = decodeName(String(expected))
  if (name === project.name) return
  const reached = `project ${JSON.stringify(project.name)}`
  const expectedProject = `project ${JSON.stringify(name.slice(0, 200))}`
  const cause = hasKey ? `this API key opens ${reached}` : `without an API key a request reaches ${reached}`
  throw new ProblemError(
    'wrong-project',
    `${cause}, the request is for ${expectedProject}: send a key of that project`,
  )
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
