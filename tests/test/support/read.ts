import type { Invocation, SkillSummary } from '@skillwatch/schema'

/** Reads all pages of a list of the gateway. */
export async function readAll<T>(gatewayUrl: string, path: string): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const url = new URL(path, gatewayUrl)
    if (cursor) url.searchParams.set('cursor', cursor)
    const response = await fetch(url)
    const text = await response.text()
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
    const page = JSON.parse(text) as { items: T[]; next_cursor: string | null }
    items.push(...page.items)
    cursor = page.next_cursor
  }
  return items
}

export function readInvocations(gatewayUrl: string): Promise<Invocation[]> {
  return readAll(gatewayUrl, '/v1/invocations?limit=1000&order=asc')
}

export function readSkills(gatewayUrl: string): Promise<SkillSummary[]> {
  return readAll(gatewayUrl, '/v1/skills?limit=3')
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The samples of one name in a text exposition. */
export function samplesOf(exposition: string, name: string): Sample[] {
  return exposition.split('\n').flatMap((line) => {
    if (line !== name && !line.startsWith(`${name} `) && !line.startsWith(`${name}{`)) return []
    const labels = [...line.matchAll(/([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [
      label!,
      text!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ])
    return [
      {
        labels: Object.fromEntries(labels) as Record<string, string>,
        value: Number(line.split(' ').at(-1)),
      },
    ]
  })
}
