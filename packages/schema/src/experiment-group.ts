import type { ExperimentGroup } from './experiment.ts'

/** Users are spread over so many places, of which the first ones are the control group. */
const PLACES = 10_000

/**
 * The group of a user: SHA-256("test_name:user_id") mod 10,000 / 10,000 < ratio is the control group, as in
 * session-buddy. The same everywhere and for ever, so a client needs no answer of a server.
 * @param ratio share of the users in the control group
 * @throws {TypeError} in a browser on a page without TLS, where there is no SHA-256
 */
export async function experimentGroup(
  testName: string,
  userId: string,
  ratio: number,
): Promise<ExperimentGroup> {
  const { subtle } = globalThis.crypto
  if (subtle === undefined)
    throw new TypeError('a browser computes SHA-256 on pages with TLS or of this machine only')
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(`${testName}:${userId}`))
  let place = 0
  for (const byte of new Uint8Array(digest)) place = (place * 256 + byte) % PLACES
  return place / PLACES < ratio ? 'control' : 'treatment'
}
