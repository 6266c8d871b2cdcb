/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Text that needs no quotes in YAML: a subset of YAML 1.2 section 7.3.3. */
const PLAIN = /^[A-Za-z/]([\w ./()-]*[\w./)])?$/
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i

/**
 * A JSON value as YAML: block style, strings quoted as in JSON where they could be read as something else.
 */
export function toYaml(value: Json): string {
  return `${lines(value).join('\n')}\n`
}

function lines(value: Json): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => hang('-', item))
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => pair(key, item))
  return [scalar(value)]
}

function pair(key: string, value: Json): string[] {
  const head = `${text(key)}:`
  const isBlock = isMap(value) || (Array.isArray(value) && value.length > 0)
  return isBlock ? [head, ...lines(value).map((line) => `  ${line}`)] : [`${head} ${scalar(value)}`]
}

function hang(mark: string, value: Json): string[] {
  return lines(value).map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)} ${line}`)
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  )
}

function scalar(value: Json): string {
  return typeof value === 'string' ? text(value) : JSON.stringify(value)
}

function text(value: string): string {
  return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value)
}
