import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, '../../..')

export interface PackageJson {
  readonly version: string
  readonly name: string
  readonly private?: boolean
  readonly workspaces?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Workspace {
  /** Path below the root, such as `packages/db`. */
  readonly path: string
  readonly package: PackageJson
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

export function readPackage(folder: string): PackageJson {
  return JSON.parse(readText(join(folder, 'package.json'))) as PackageJson
}

/** Every workspace that the root's package.json names. */
export function workspaces(): Workspace[] {
  return readPackage('.').workspaces!.flatMap((pattern) => {
    const folders = pattern.endsWith('/*')
      ? readdirSync(join(ROOT, pattern.slice(0, -2)), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => join(pattern.slice(0, -2), entry.name))
      : [pattern]
    return folders.map((path) => ({ path, package: readPackage(path) }))
  })
}

/**
 * Paths below the root of all files in a folder whose name passes, without what is installed, built or
 * hidden.
 */
export function filesBelow(folder: string, accept: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')
        ? []
        : filesBelow(path, accept)
    }
    return accept.test(entry.name) ? [path] : []
  })
}

/** A path below the root as it is written in messages. */
export function fromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join('/')
}
