/** The greatest character: no text that begins with a prefix is greater than the prefix followed by it. */
const LAST_CHARACTER = '\u{10ffff}'

/** Texts that begin with a prefix are those from it on and before this, in the order of their bytes. */
export function endOfPrefix(prefix: string): string {
  return prefix + LAST_CHARACTER
}
