import type { Share } from '../../src/index.ts'

/** `3/10 0/5` as shares of two sessions. */
export function shares(text: string): Share[] {
  return text.split(' ').map((share) => {
    const [hits, of] = share.split('/').map(Number)
    return { hits: hits!, of: of! }
  })
}

/** Sessions that are alike. */
export function sessionsOf<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}
