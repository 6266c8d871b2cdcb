import { isDeepStrictEqual } from 'node:util'
import {
  addItem,
  addMember,
  type JsonNode,
  memberOf,
  parseJsonText,
  removeItem,
  removeMember,
} from './json-text.ts'

/** What is wanted in the settings: variables, and for each event a group of hooks. */
export interface Wanted {
  readonly env: Readonly<Record<string, string>>
  readonly hooks: Readonly<Record<string, unknown>>
}

/** What was put in, so that exactly this can be taken out again. */
export interface Added extends Wanted {
  /** Objects and lists that were not there before, such as `hooks` or `hooks.PreToolUse`. */
  readonly made: readonly string[]
}

export interface Edit {
  readonly text: string
  readonly added: Added
}

/** The settings are JSON, but not of the shape that Claude Code reads. */
export class SettingsShapeError extends Error {
  override readonly name = 'SettingsShapeError'
}

/**
 * Adds what is not there yet, at the ends of what is there; nothing else of the text changes.
 * @throws {SettingsShapeError} when a part is not what it has to be; {SyntaxError} when the text is not JSON
 */
export function addToSettings(text: string, wanted: Wanted): Edit {
  demandShape(parseJsonText(text).value)
  const env: Record<string, string> = {}
  const hooks: Record<string, unknown> = {}
  const made: string[] = []
  let edited = text

  const make = (path: readonly string[], empty: object) => {
    const parent = find(edited, path.slice(0, -1))!
    if (memberOf(parent, path.at(-1)!)) return
    edited = addMember(edited, parent, path.at(-1)!, empty)
    made.push(path.join('.'))
  }
  for (const [name, value] of Object.entries(wanted.env)) {
    if (memberOf(find(edited, ['env']), name)) continue
    make(['env'], {})
    edited = addMember(edited, find(edited, ['env'])!, name, value)
    env[name] = value
  }
  for (const [event, group] of Object.entries(wanted.hooks)) {
    if (find(edited, ['hooks', event])?.items.some(({ value }) => isDeepStrictEqual(value, group))) continue
    make(['hooks'], {})
    make(['hooks', event], [])
    edited = addItem(edited, find(edited, ['hooks', event])!, group)
    hooks[event] = group
  }
  return { text: edited, added: { env, hooks, made } }
}

/** Takes out what was put in and is still as it was; what others have added or changed stays. */
export function removeFromSettings(text: string, added: Added): string {
  let edited = text
  for (const [event, group] of Object.entries(added.hooks)) {
    const groups = find(edited, ['hooks', event])
    const item = groups?.items.findLast(({ value }) => isDeepStrictEqual(value, group))
    if (groups && item) edited = removeItem(edited, groups, item)
  }
  for (const [name, value] of Object.entries(added.env)) {
    const env = find(edited, ['env'])
    const member = memberOf(env, name)
    if (env && member?.node.value === value) edited = removeMember(edited, env, member)
  }
  // The innermost first.
  for (const path of added.made.toReversed()) edited = removeIfEmpty(edited, path.split('.'))
  return edited
}

/** The variables that the settings give to every session. */
export function variablesOf(text: string): Readonly<Record<string, unknown>> {
  const env = find(text, ['env'])?.value
  return isObject(env) ? env : {}
}

function removeIfEmpty(text: string, path: readonly string[]): string {
  const parent = find(text, path.slice(0, -1))
  const member = memberOf(parent, path.at(-1)!)
  const isEmpty = member && member.node.members.length === 0 && member.node.items.length === 0
  return parent && isEmpty ? removeMember(text, parent, member) : text
}

function find(text: string, path: readonly string[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, key) => memberOf(node, key)?.node, parseJsonText(text))
}

function demandShape(settings: unknown): void {
  if (!isObject(settings)) throw new SettingsShapeError('an object was expected')
  const { env = {}, hooks = {} } = settings
  if (!isObject(env)) throw new SettingsShapeError('`env` should be an object')
  if (!isObject(hooks)) throw new SettingsShapeError('`hooks` should be an object')
  for (const [event, groups] of Object.entries(hooks)) {
    if (!Array.isArray(groups)) throw new SettingsShapeError(`\`hooks.${event}\` should be a list`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
