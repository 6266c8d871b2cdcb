import type { ParsedObservation } from '@skillwatch/schema'
import type { Reader } from '../../sqlite/open.ts'
import { projectFacts } from '../../sqlite/recording/project-facts.ts'
import { privateFields, privateId } from './private-fields.ts'

/**
 * The observation as a project may keep it outside of the database (R10): recording it makes the same row as
 * recording the one that was given, and it holds no text, person or secret that the row would not hold.
 * @throws {TypeError} when there is no such project
 */
export function privateObservation(
  reader: Reader,
  projectId: number,
  observation: ParsedObservation,
): ParsedObservation {
  const project = projectFacts(reader, projectId)
  const { user_id: _user, user_query: _query, arguments: _arguments, result: _result, ...kept } = observation
  return {
    ...kept,
    invocation_id: privateId(observation.invocation_id, project.hash),
    fields: privateFields(observation, project),
  }
}
