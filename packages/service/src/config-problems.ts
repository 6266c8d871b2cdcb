import type { TObject } from 'typebox'
import { Value } from 'typebox/value'

interface VariableSchema {
  type?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  pattern?: string
  minLength?: number
  description?: string
  secret?: boolean
}

/** One text for each variable whose value does not fit the schema. */
export function wrongVariables(schema: TObject, value: unknown, env: NodeJS.ProcessEnv): string[] {
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const optional = !(schema.required as string[] | undefined)?.includes(name)
    const part = (value as Record<string, unknown>)[name]
    if ((part === undefined && optional) || Value.Check(property, part)) return []
    return `${name}: expected ${expectation(property)}, got ${shown(property, env[name])}`
  })
}

function expectation({
  type,
  enum: allowed,
  minimum,
  maximum,
  minLength,
  description,
}: VariableSchema): string {
  if (allowed) return `one of ${allowed.join(', ')}`
  const kind = type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : `a ${type}`
  const from = minimum === undefined ? '' : ` from ${minimum}`
  const to = maximum === undefined ? '' : ` to ${maximum}`
  const length = minLength === undefined ? '' : ` of at least ${minLength} characters`
  return `${kind}${from}${to}${length}${description ? ` (${description.replace(/\.$/, '')})` : ''}`
}

function shown({ secret }: VariableSchema, text: string | undefined): string {
  if (text === undefined || text === '') return 'nothing'
  return secret ? 'a secret that is not shown' : JSON.stringify(text.slice(0, 200))
}

/** One text for each variable that has the service's prefix and that the schema does not know. */
export function unknownVariables(schema: TObject, env: NodeJS.ProcessEnv): string[] {
  const { title } = schema as { title?: string }
  if (title === undefined) return []
  const known = Object.keys(schema.properties)
  return Object.keys(env)
    .filter((name) => name.startsWith(`${title}_`) && !known.includes(name))
    .map((name) => `${name}: is not known; ${suggestion(name, known)}`)
}

function suggestion(name: string, known: string[]): string {
  const nearest = known.map((each) => ({ each, distance: editDistance(name, each) })).sort(byDistance)[0]
  const longer = known.find((each) => each.startsWith(name) || name.startsWith(each))
  if (longer !== undefined) return `did you mean ${longer}?`
  return nearest && nearest.distance <= 4
    ? `did you mean ${nearest.each}?`
    : `known are ${known.filter((each) => !each.startsWith('SKILLWATCH_')).join(', ')}`
}

function byDistance(a: { distance: number }, b: { distance: number }): number {
  return a.distance - b.distance
}

/** Levenshtein distance (Wagner and Fischer 1974), one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
