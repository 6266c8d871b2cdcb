import { isDeepStrictEqual } from 'node:util'
import { isObject } from '@skillwatch/schema/claude-code'
import {
  addItem,
  addMember,
  type JsonNode,
  memberOf,
  parseJsonText,
  removeItem,
  removeMember,
} from './json-text.ts'

/** The wanted settings: variables, and a group of hooks for each event. */
export interface Wanted {
  readonly env: Readonly<Record<string, string>>
  readonly hooks: Readonly<Record<string, unknown>>
}

/** What was added, so that exactly this can be removed again. */
export interface Added extends Wanted {
  /** Objects and lists that did not exist before, such as `hooks` or `hooks.PreToolUse`. */
  readonly made: readonly string[]
}

export interface Edit {
  readonly text: string
  readonly added: Added
}

/** The settings are JSON that Claude Code cannot use. */
export class SettingsShapeError extends Error {
  override readonly name = 'SettingsShapeError'
}

/**
 * Adds the missing settings, each at the end of its object or list. The rest of the text does not change.
 * @throws {SettingsShapeError} when a part has the wrong type; {SyntaxError} when the text is not JSON
 */
export function addToSettings(text: string, wanted: Wanted): Edit {
  demandShape(parseJsonText(text).value)
  const edit = new Additions(text)
  for (const [name, value] of Object.entries(wanted.env)) edit.addVariable(name, value)
  for (const [event, group] of Object.entries(wanted.hooks)) edit.addHooks(event, group)
  return edit.result()
}

class Additions {
  readonly #env: Record<string, string> = {}
  readonly #hooks: Record<string, unknown> = {}
  readonly #made: string[] = []
  #text: string

  constructor(text: string) {
    this.#text = text
  }

  addVariable(name: string, value: string): void {
    if (memberOf(find(this.#text, ['env']), name)) return
    this.#make(['env'], {})
    this.#text = addMember(this.#text, find(this.#text, ['env'])!, name, value)
    this.#env[name] = value
  }

  addHooks(event: string, group: unknown): void {
    const groups = find(this.#text, ['hooks', event])?.items ?? []
    if (groups.some(({ value }) => isDeepStrictEqual(value, group))) return
    this.#make(['hooks'], {})
    this.#make(['hooks', event], [])
    this.#text = addItem(this.#text, find(this.#text, ['hooks', event])!, group)
    this.#hooks[event] = group
  }

  result(): Edit {
    return { text: this.#text, added: { env: this.#env, hooks: this.#hooks, made: this.#made } }
  }

  /** Adds an empty object or list, if it does not exist. */
  #make(path: readonly string[], empty: object): void {
    const parent = find(this.#text, path.slice(0, -1))!
    if (memberOf(parent, path.at(-1)!)) return
    this.#text = addMember(this.#text, parent, path.at(-1)!, empty)
    this.#made.push(path.join('.'))
  }
}

/** Removes what was added and is unchanged. Additions and changes of others remain. */
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
  // The innermost one first.
  for (const path of added.made.toReversed()) edited = removeIfEmpty(edited, path.split('.'))
  return edited
}

/** The environment variables in the settings. */
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
