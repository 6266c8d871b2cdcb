import { isDeepStrictEqual } from 'node:util'
import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'
import { findNodeAtLocation, getNodeValue, type JSONPath, type Node } from 'jsonc-parser'
import { hooksIn, ourHook } from './hooks.ts'
import { append, isBlank, parseJsonc, positionOf, remove, replace } from './jsonc.ts'

/** The wanted settings: variables, and a group of hooks for each event. */
export interface Wanted {
  readonly env: Readonly<Record<string, string>>
  readonly hooks: Readonly<Record<string, unknown>>
}

/** Which variables were set, so that exactly this can be undone. Hooks of ours are recognised. */
export interface Added {
  readonly env: Readonly<Record<string, string>>
  /** The values that these variables had before, if any. */
  readonly replaced?: Readonly<Record<string, unknown>>
}

export interface Edit {
  readonly text: string
  readonly added: Added
}

/** The settings are JSON that Claude Code cannot use, or not in the way that they look. */
export class SettingsShapeError extends Error {
  override readonly name = 'SettingsShapeError'
}

const BYTE_ORDER_MARK = '\uFEFF'
const NEW_FILE = '{}\n'

/**
 * The settings as Claude Code would see them, comments and trailing commas left out.
 * @throws {JsoncError} when the text is not JSON; {SettingsShapeError} when a part has the wrong type
 */
export function settingsOf(text: string): JsonObject {
  const body = bodyOf(text)
  const root = parseJsonc(body)
  demandShape(getNodeValue(root))
  for (const path of [[], ['env'], ['hooks']]) demandDistinctKeys(body, findNodeAtLocation(root, path))
  return getNodeValue(root)
}

/**
 * Sets variables and adds hooks, each new one at the end of its object or list. The rest of the text does
 * not change.
 * @throws as {@link settingsOf}
 */
export function addToSettings(text: string, wanted: Wanted): Edit {
  const added: Record<string, string> = {}
  const replaced: Record<string, unknown> = {}
  const env = variablesOf(settingsOf(text))
  const result = editBody(text, (body) => {
    let edited = body
    for (const [name, value] of Object.entries(wanted.env)) {
      if (env[name] === value) continue
      added[name] = value
      if (name in env) replaced[name] = env[name]
      edited = name in env ? replace(edited, ['env', name], value) : addIn(edited, ['env'], {}, value, name)
    }
    for (const [event, group] of Object.entries(wanted.hooks))
      edited = addIn(edited, ['hooks', event], [], group)
    return edited
  })
  return { text: result, added: { env: added, ...(Object.keys(replaced).length > 0 && { replaced }) } }
}

/**
 * Removes Skillwatch's hooks of any kind, and undoes the variables that were set and are unchanged. What
 * others added or changed remains.
 * @throws as {@link settingsOf}
 */
export function removeFromSettings(text: string, { env, replaced = {} }: Added): string {
  if (text.trim() === '') return text
  const settings = settingsOf(text)
  return editBody(text, (body) => {
    let edited = body
    // From the last one to the first, so that the paths remain correct.
    for (const { path, hook } of hooksIn(settings).reverse())
      if (ourHook(hook)) edited = removeHook(edited, path)
    for (const [name, value] of Object.entries(env)) {
      if (variablesOf(settings)[name] !== value) continue
      edited =
        name in replaced
          ? replace(edited, ['env', name], replaced[name])
          : removeWithEmpty(edited, ['env', name])
    }
    return edited
  })
}

/** Whether two texts mean the same to Claude Code: the order of keys and of groups of hooks is ignored. */
export function isSameSettings(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => ({ ...settingsOf(text), hooks: sortedHooks(settingsOf(text)) }))
  return isDeepStrictEqual(one, other)
}

/** The environment variables in the settings. */
export function variablesOf({ env }: JsonObject): Readonly<Record<string, unknown>> {
  return isObject(env) ? env : {}
}

function sortedHooks({ hooks = {} }: JsonObject): object {
  return Object.entries(hooks as Record<string, unknown[]>)
    .map(([event, groups]) => [event, groups.map((group) => JSON.stringify(group)).sort()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Adds to an object or list, which is made when it does not exist. */
function addIn(text: string, path: readonly string[], empty: object, value: unknown, key?: string): string {
  let edited = text
  for (const [index, name] of path.entries()) {
    const isLast = index === path.length - 1
    const parent = path.slice(0, index)
    if (!findNodeAtLocation(parseJsonc(edited), [...parent, name]))
      edited = append(edited, parent, isLast ? empty : {}, name)
  }
  return append(edited, [...path], value, key)
}

/** A group that has no hooks then is removed too, with its matcher. */
function removeHook(text: string, path: JSONPath): string {
  const edited = remove(text, path)
  return isBlank(edited, path.slice(0, -1)) ? removeWithEmpty(edited, path.slice(0, -2)) : edited
}

/** Also removes the objects and lists around it that are empty then. */
function removeWithEmpty(text: string, path: JSONPath): string {
  const edited = remove(text, path)
  const around = path.slice(0, -1)
  return around.length > 0 && isBlank(edited, around) ? removeWithEmpty(edited, around) : edited
}

function bodyOf(text: string): string {
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  return body.trim() === '' ? NEW_FILE : body
}

/** Edits a text without its byte order mark, which it keeps. */
function editBody(text: string, edit: (body: string) => string): string {
  return (text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '') + edit(bodyOf(text))
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

/** Of equal keys, JSON has the last one. Someone who reads or edits the first one would be misled. */
function demandDistinctKeys(text: string, object: Node | undefined): void {
  const keys = new Set<string>()
  for (const { children, offset } of object?.children ?? []) {
    const key = children![0]!.value as string
    if (keys.has(key))
      throw new SettingsShapeError(`${positionOf(text, offset)}: the key ${JSON.stringify(key)} is repeated`)
    keys.add(key)
  }
}
