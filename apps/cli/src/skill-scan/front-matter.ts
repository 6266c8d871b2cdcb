import { DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX } from '@skillwatch/schema/vocabulary'
import { parse } from 'yaml'

/** What the front matter of a SKILL.md says. */
export interface FrontMatter {
  readonly name: string | undefined
  readonly description: string | null
  /** Why it could not be read. */
  readonly problem?: string
}

const LENGTH_MAX = 16_384

/** Reads the front matter of a Markdown text. Never throws: the files are of others. */
export function frontMatter(text: string): FrontMatter {
  const [, block] =
    /^\uFEFF?---[^\S\n]*\n(.*?)\n?---[^\S\n]*(?:\n|$)/s.exec(text.replaceAll('\r\n', '\n')) ?? []
  if (block === undefined) return { name: undefined, description: null }
  if (block.length > LENGTH_MAX) return damaged('has front matter that is too long')
  const values = parseYaml(block)
  if (values === undefined) return damaged('has front matter that is not YAML')
  return { name: nameOf(values.name), description: descriptionOf(values.description) }
}

function damaged(problem: string): FrontMatter {
  return { name: undefined, description: null, problem }
}

function parseYaml(block: string): Record<string, unknown> | undefined {
  try {
    const values: unknown = parse(block, { maxAliasCount: 10 })
    if (values === null) return {}
    return typeof values === 'object' && !Array.isArray(values)
      ? (values as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'string' ? value.trim().toWellFormed() : ''
  return name === '' || name.length > NAME_LENGTH_MAX || /\p{Cc}/u.test(name) ? undefined : name
}

/** As ingest takes it: without NUL, and not longer than Claude Code takes it. */
function descriptionOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
  return text === '' ? null : text.slice(0, DESCRIPTION_LENGTH_MAX).toWellFormed()
}
