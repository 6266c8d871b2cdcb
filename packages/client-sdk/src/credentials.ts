/** What every request says about who asks. The name of the project is percent-encoded: headers carry ASCII alone. */
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
