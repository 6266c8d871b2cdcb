import { createTwoFilesPatch } from 'diff'
import { visit } from 'jsonc-parser'
import { type CommandContext, print } from '../context.ts'

/**
 * Prints a change as `diff -u` does, without the secrets that stand near it. Undefined means that there is
 * no file.
 */
export function printDiff(
  context: CommandContext,
  path: string,
  before: string | undefined,
  after: string | undefined,
): void {
  const [from, to] = [before === undefined ? '/dev/null' : path, after === undefined ? '/dev/null' : path]
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', '', '', { context: 2 })
  const shown = withoutSecrets(
    patch,
    [before, after].flatMap((text) => secretsIn(text ?? '')),
  )
  const lines = shown.split('\n').filter((line) => !/^(=|Index: |$)/.test(line))
  for (const line of lines) print(context, coloured(context, line))
}

/** Values with a name like these, or inside of an object with such a name, are not shown. */
const SECRET_NAME = /header|key|token|secret|passw|credential|auth|cookie/i
/** A reference to a variable is no secret. A very short value would hide others that are equal. */
const NO_SECRET = /^"((Bearer )?\$.*|.{0,4})"$/
const URL_CREDENTIALS = /(:\/\/)[^/@\s"]+@/g

/** The string literals of a JSON text that are secrets by their names. */
function secretsIn(text: string): string[] {
  const secrets: string[] = []
  visit(text, {
    onLiteralValue(value, offset, length, _line, _column, pathOf) {
      const literal = text.slice(offset, offset + length)
      const isNamed = pathOf().some((name) => SECRET_NAME.test(String(name)))
      if (typeof value === 'string' && isNamed && !NO_SECRET.test(literal)) secrets.push(literal)
    },
  })
  return secrets
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const named = secrets.reduce((shown, secret) => shown.replaceAll(secret, '"***"'), text)
  return named.replace(URL_CREDENTIALS, '$1***@')
}

function coloured({ paint }: CommandContext, line: string): string {
  if (/^(\+\+\+|---)/.test(line)) return paint.stdout('bold', line)
  return line.startsWith('+')
    ? paint.stdout('green', line)
    : line.startsWith('-')
      ? paint.stdout('red', line)
      : line
}
