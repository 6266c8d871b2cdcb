/**
 * Headers that every request carries: the API key and the project. The project's name is percent-encoded,
 * as headers carry ASCII only.
 */
export function credentials({
  apiKey,
  project,
}: {
  readonly apiKey?: string | undefined
  readonly project?: string | undefined
}): Record<string, string> {
  return {
    accept: 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(project !== undefined && { 'skillwatch-project': encodeURIComponent(project) }),
  }
}
