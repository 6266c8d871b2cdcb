/** Stands where a secret stood. */
export const REDACTED = '[redacted]'

/**
 * Shapes that are secrets wherever they stand; the prefixes are those their makers document. An underscore may come before,
 * as in `mcp__<server>__<tool>`.
 */
const SHAPES: readonly RegExp[] = [
  // Private keys (RFC 7468).
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // JSON Web Tokens (RFC 7519): three base64url parts, the first one begins with {"
  /(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  // Anthropic, OpenAI and Stripe keys; GitHub, GitLab, Slack and npm tokens; AWS access keys; Google API keys; our own.
  // The first of them have no fixed form; a digit tells them from names such as sk-learn-pipeline-training.
  /(?<![A-Za-z0-9])(?:sk|pk|rk)[-_](?=[\w-]*\d)[\w-]{16,}/g,
  /(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})/g,
  /(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{10,}/g,
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{30,})/g,
  /(?<![A-Za-z0-9])sw_[0-9a-f]{12}_[\w-]{20,}/g,
  // User and password of a URL (RFC 3986 section 3.2.1).
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/gi,
]

/** What follows a name like these is a secret: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`. */
const NAMED =
  /((?:password|passwd|passphrase|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|authorization|credentials?)["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token)\s+)?)([^\s"',;}]{4,})/gi

/** A name under which a value is a secret, whatever it looks like. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|authorization|credential)s?$/i

/** Long words without spaces are looked at for randomness. */
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g
/** Bits per character above which a mixed word is taken for random; hexadecimal digits reach 4 at most, prose stays below 4. */
const ENTROPY_BITS_MIN = 4.1

/** Takes secrets of known shape out of a name or id. Random-looking ids are left: ids look random. */
export function redactShapes(text: string): string {
  return text.length < 16 ? text : SHAPES.reduce((rest, shape) => rest.replace(shape, REDACTED), text)
}

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

/** Mixed case with digits, and as many different characters as chance gives: words, paths and hexadecimal ids are not. */
function looksRandom(word: string): boolean {
  const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word)
  return mixed && entropyBits(word) >= ENTROPY_BITS_MIN
}

/** Shannon entropy of the characters of a word, in bits per character (Shannon 1948, section 6). */
function entropyBits(word: string): number {
  const counts = new Map<string, number>()
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => bits - (count / word.length) * Math.log2(count / word.length), 0)
}
