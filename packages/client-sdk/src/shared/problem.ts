import type { ProblemDetails } from '@skillwatch/schema'

/** The problem details (RFC 9457) of an answer; undefined when its body is something else. */
export function readProblem(text: string): ProblemDetails | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as ProblemDetails) : undefined
  } catch {
    // Proxies answer in HTML: then only the status is reported.
    return undefined
  }
}
