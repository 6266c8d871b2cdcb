import type { Project } from './access.ts'
import { ProblemError } from './problems.ts'

/** The header in which a caller says which project it means, percent-encoded as names are in addresses. */
export const PROJECT_HEADER = 'skillwatch-project'

/**
 * A caller that says which project it means is held to it, so that a key taken by mistake mixes no data. The name opens
 * nothing: whose data a request may reach is decided before, by its key.
 * @param expected the header's value, undefined where it was not sent
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
  const reached = JSON.stringify(project.name)
  const meant = JSON.stringify(name.slice(0, 200))
  throw new ProblemError(
    'wrong-project',
    hasKey
      ? `this API key opens project ${reached}, the request is for project ${meant}: send a key of that project`
      : `without an API key a request reaches project ${reached}, this one is for project ${meant}: send a key of that project`,
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
