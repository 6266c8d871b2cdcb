/** pino's number for level `error`. Lines of lower levels are only shown with `--verbose`. */
const ERROR_LEVEL = 50

export interface LogLine {
  readonly text: string
  readonly isError: boolean
}

/**
 * The message of one line that a service wrote. Services log JSON. Any other text is an error, such as a
 * crash of Node.
 */
export function readLogLine(line: string): LogLine {
  const entry = parseObject(line)
  if (entry === undefined) return { text: line, isError: true }
  const message = typeof entry.msg === 'string' ? entry.msg : line
  const cause = (entry.err as { message?: unknown } | undefined)?.message
  const text = typeof cause === 'string' && !message.includes(cause) ? `${message}: ${cause}` : message
  return {
    text,
    isError: typeof entry.level === 'number' ? entry.level >= ERROR_LEVEL : isErrorName(entry.level),
  }
}

function isErrorName(level: unknown): boolean {
  return level === 'error' || level === 'fatal'
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
