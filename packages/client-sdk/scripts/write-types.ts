import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import * as schemas from '@skillwatch/schema'
import { declareTypes } from './wire-types.ts'

const SCHEMA = '@skillwatch/schema'
const WIRE = 'wire'
const REFERENCE = '/// <reference lib="esnext.disposable" />\n'

/**
 * Writes the declarations of the entry points and of the files that they import. Those of the wire are made
 * from the schemas.
 */
export function writeTypes(root: string, dist: string, entries: Readonly<Record<string, string>>): void {
  const emitted = emit(root)
  try {
    const wanted = new Set<string>()
    const due = Object.values(entries)
    const done = new Set<string>()
    for (let module = due.shift(); module !== undefined; module = due.shift()) {
      if (done.has(module)) continue
      done.add(module)
      const text = readFileSync(join(emitted, `${module}.d.ts`), 'utf8')
      for (const name of namesFrom(text, SCHEMA)) wanted.add(name)
      due.push(...relativeImports(text).map((specifier) => resolveFrom(module!, specifier)))
      write(dist, module, published(text, module))
    }
    write(dist, WIRE, declareTypes(wanted, schemas))
    for (const [name, module] of Object.entries(entries)) {
      if (name !== module) write(dist, name, `export * from './${module}.js'\n`)
    }
  } finally {
    rmSync(emitted, { recursive: true })
  }
}

function emit(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'skillwatch-types-'))
  const require = createRequire(import.meta.url)
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', folder]
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], {
    stdio: 'inherit',
  })
  return folder
}

function published(text: string, module: string): string {
  const toWire = posix.relative(posix.dirname(module), WIRE)
  // Programs that compile for an older library have no types of these symbols without the reference.
  const reference = /Symbol\.(async)?[dD]ispose|\b(Async)?Disposable\b/.test(text) ? REFERENCE : ''
  return `${reference}${text}`
    .replaceAll(`'${SCHEMA}'`, `'${toWire.startsWith('.') ? toWire : `./${toWire}`}.js'`)
    .replace(/(from '\.[^']*)\.ts'/g, "$1.js'")
}

function namesFrom(text: string, specifier: string): string[] {
  const lists = [...text.matchAll(/import type \{([^}]*)\} from '([^']+)'/g)].filter(
    (match) => match[2] === specifier,
  )
  return lists.flatMap((match) => match[1]!.split(',').map((name) => name.trim())).filter(Boolean)
}

function relativeImports(text: string): string[] {
  return [...text.matchAll(/from '(\.[^']+)\.ts'/g)].map((match) => match[1]!)
}

function resolveFrom(module: string, specifier: string): string {
  return posix.join(posix.dirname(module), specifier)
}

function write(dist: string, module: string, text: string): void {
  const path = join(dist, 'types', `${module}.d.ts`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
