import { hashOfProject, storedTexts, storesPlaces } from '../../projects.ts'
import type { ProjectFacts } from '../../recording/storage.ts'
import type { Reader } from '../open.ts'

/** @throws {TypeError} when there is no such project */
export function projectFacts(reader: Reader, projectId: number): ProjectFacts {
  return {
    hash: hashOfProject(reader, projectId),
    storeText: storedTexts(reader, projectId),
    storePlaces: storesPlaces(reader, projectId),
  }
}
