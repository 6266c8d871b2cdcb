/** Replaces a secret. */
export const REDACTED = '[redacted]'

/**
 * Shapes that are secrets in any text. The prefixes are documented by the makers of the keys. An underscore
 * may come before them, as in `mcp__<server>__<tool>`.
 */
const SHAPES: readonly RegExp[] = [
  // Private keys (RFC 7468).
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // JSON Web Tokens (RFC 7519): three base64url parts, of which the first begins with {"
  /(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  // Anthropic, OpenAI and Stripe keys; GitHub, GitLab, Slack and npm tokens; AWS access keys; Google API
  // keys; our own. The first three have no fixed form: a digit distinguishes them from names such as
  // sk-learn-pipeline-training.
  /(?<![A-Za-z0-9])(?:sk|pk|rk)[-_](?=[\w-]*\d)[\w-]{16,}/g,
  /(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})/g,
  /(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{10,}/g,
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{30,})/g,
  /(?<![A-Za-z0-9])sw_[0-9a-f]{12}_[\w-]{20,}/g,
  // User and password of a URL (RFC 3986 section 3.2.1).
  /(?<=(?<![a-z0-9])[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/gi,
]

/**
 * Replaces secrets of known shape in a name or id. Randomness is no sign of a secret here, because ids look
 * random.
 */
export function redactShapes(text: string): string {
  return text.length < 16 ? text : SHAPES.reduce((rest, shape) => rest.replace(shape, REDACTED), text)
}
