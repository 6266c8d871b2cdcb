import { REDACTED, redactShapes } from '@skillwatch/schema'

export { REDACTED, redactShapes }

/** What follows a name like these is a secret: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`. */
const NAMED =
  /((?:password|passwd|passphrase|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|authorization|credentials?)["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token)\s+)?)([^\s"',;}]{4,})/gi

/** A name under which a value is a secret, whatever it looks like. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|authorization|credential)s?$/i

/** Long words without spaces are looked at for randomness. */
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g
/**
 * Bits per character above which a mixed word is taken for random; hexadecimal digits reach 4 at most, prose
 * stays below 4.
 */
const ENTROPY_BITS_MIN = 4.1

/** Takes secrets out of free text: by shape, by the name before them, and by randomness. */
export function redactText(text: string): string {
  return redactShapes(text)
    .replace(NAMED, `$1${REDACTED}`)
    .replace(LONG_WORD, (word) => (looksRandom(word) ? REDACTED : word))
}

/** The same for a value that has a name. */
export function redactNamed(name: string, value: string): string {
  return SECRET_NAME.test(name) ? REDACTED : redactText(value)
}

/**
 * Mixed case with digits, and as many different characters as chance gives: words, paths and hexadecimal ids
 * are not.
 */
function looksRandom(word: string): boolean {
  const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word)
  return mixed && entropyBits(word) >= ENTROPY_BITS_MIN
}

/** Shannon entropy of the characters of a word, in bits per character (Shannon 1948, section 6). */
function entropyBits(word: string): number {
  const counts = new Map<string, number>()
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce(
    (bits, count) => bits - (count / word.length) * Math.log2(count / word.length),
    0,
  )
}
