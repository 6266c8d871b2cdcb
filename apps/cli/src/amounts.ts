import type { Kind } from '@skillwatch/schema'

type NumberText = (value: number) => string

const KIND_NOUNS: Readonly<Record<Kind, string>> = {
  skill: 'skill',
  command: 'command',
  agent: 'agent',
  mcp: 'MCP call',
  tool: 'tool',
}

/** A count with its noun, which ends with s unless there is one: `1 use`, `12 uses`. */
export function withNoun(count: number, noun: string, text: NumberText): string {
  return `${text(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A count of calls of a kind: `1 tool`, `7 agents`, `2 MCP calls`. */
export function withKind(count: number, kind: Kind, text: NumberText): string {
  return withNoun(count, KIND_NOUNS[kind], text)
}
