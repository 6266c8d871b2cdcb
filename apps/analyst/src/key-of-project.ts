import { findApiKey, type Reader } from '@skillwatch/db'

/** The key of a project among those that are configured: its id, which is no secret, names the project. */
export function keyOfProject(
  reader: Reader,
  apiKeys: readonly string[],
  projectId: number,
): string | undefined {
  return apiKeys.find((apiKey) => findApiKey(reader, apiKey.split('_')[1] ?? '')?.project_id === projectId)
}
