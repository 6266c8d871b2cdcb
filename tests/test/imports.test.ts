import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf } from './support/imports.ts'
import { filesBelow, fromRoot, ROOT, readText, type Workspace, workspaces } from './support/repository.ts'

const SOURCES = /\.(ts|mts|cts|tsx|js|mjs|cjs)$/

interface OwnImport {
  /** Such as `packages/db/src/index.ts:3`. */
  readonly at: string
  readonly file: string
  readonly workspace: Workspace
  readonly specifier: string
}

const all = workspaces()
const byName = new Map(all.map((workspace) => [workspace.package.name, workspace]))
const files = all.flatMap((workspace) =>
  filesBelow(workspace.path, SOURCES).map((file) => ({ workspace, file })),
)
const imports: OwnImport[] = files.flatMap(({ workspace, file }) =>
  importsOf(readText(file)).map(({ specifier, line }) => ({
    at: `${file}:${line}`,
    file,
    workspace,
    specifier,
  })),
)

/** The workspaces that the program of each workspace may import; all others may import the PACKAGES. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'packages/schema': [],
  'packages/db': ['packages/schema'],
  'packages/analytics': ['packages/schema'],
  'packages/service': ['packages/schema'],
  'packages/client-sdk': ['packages/schema'],
  'packages/testkit': ['packages/schema'],
}
const PACKAGES = ['schema', 'db', 'analytics', 'service', 'client-sdk'].map((name) => `packages/${name}`)
/** They run before packages are installed and types stripped, so they are imported by their paths. */
const STARTERS = ['packages/service/require-node.mjs', 'packages/service/keep-compiled.mjs']

function allowedFor({ path }: Workspace, file: string): readonly string[] {
  const ofProgram = ALLOWED[path] ?? PACKAGES
  return isProgram(path, file) ? ofProgram : [...ofProgram, 'packages/testkit']
}

function isProgram(workspace: string, file: string): boolean {
  if (workspace === 'tests' || workspace === 'bench') return false
  return !['test', 'scripts', 'eval'].some((folder) => file.startsWith(`${workspace}/${folder}/`))
}

/** The workspace that an import leads to, or undefined for Node's own modules and those of others. */
function target({ specifier, file, workspace }: OwnImport): Workspace | undefined {
  if (!specifier.startsWith('.')) return byName.get(packageName(specifier))
  const path = fromRoot(join(ROOT, dirname(file), specifier))
  return (
    all.find((each) => path === each.path || path.startsWith(`${each.path}/`)) ?? outside(workspace, path)
  )
}

function outside(workspace: Workspace, path: string): Workspace {
  return { path, package: workspace.package }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function describeImports(found: readonly OwnImport[]): string[] {
  return found.map(({ at, specifier }) => `${at} imports ${specifier}`)
}

test('the reader of imports finds every form and skips comments', () => {
  const source = readText('tests/test/support/imports-sample.txt')
  expect(importsOf(source).map(({ specifier, line }) => `${specifier} ${line}`)).toEqual([
    './a.ts 1',
    './b.ts 2',
    './c.ts 4',
    './d.ts 5',
    './e.ts 6',
    './h.ts 9',
    './i.ts 11',
    './j.cjs 12',
  ])
})

test('every workspace has sources with imports, so the tests below check all of them', () => {
  const silent = all.filter((workspace) => !imports.some((each) => each.workspace === workspace))
  expect(silent.map(({ path }) => path)).toEqual([])
})

test('imports between workspaces go one way: schema, then the other packages, then apps', () => {
  const wrong = imports.filter((each) => {
    const workspace = target(each)
    if (
      !workspace ||
      workspace.path === each.workspace.path ||
      byName.get(workspace.package.name) !== workspace
    ) {
      return false
    }
    return !allowedFor(each.workspace, each.file).includes(workspace.path) && !isStarterImport(each)
  })
  expect(describeImports(wrong)).toEqual([])
})

test('apps never import each other', () => {
  const wrong = imports.filter((each) => {
    const path = target(each)?.path ?? ''
    return (
      each.workspace.path.startsWith('apps/') && path.startsWith('apps/') && path !== each.workspace.path
    )
  })
  expect(describeImports(wrong)).toEqual([])
})

test('workspaces import each other by package name, never by a path', () => {
  const wrong = imports.filter(
    (each) =>
      each.specifier.startsWith('.') && target(each)?.path !== each.workspace.path && !isStarterImport(each),
  )
  expect(describeImports(wrong)).toEqual([])
})

test('imports of a package are among its declared exports', () => {
  const wrong = imports.filter(({ specifier }) => {
    const workspace = byName.get(packageName(specifier))
    if (!workspace) return false
    const entry = `.${specifier.slice(workspace.package.name.length)}`
    return workspace.package.exports?.[entry] === undefined
  })
  expect(describeImports(wrong)).toEqual([])
})

test('every imported package is declared in the package.json of the workspace', () => {
  const root = Object.keys(JSON.parse(readText('package.json')).devDependencies as object)
  const wrong = imports.filter(({ specifier, workspace, file }) => {
    if (specifier.startsWith('.') || isBuiltin(specifier)) return false
    const { name, dependencies = {}, devDependencies = {}, optionalDependencies = {} } = workspace.package
    const ofProgram = { ...dependencies, ...optionalDependencies }
    const isTool = !isProgram(workspace.path, file) || file.endsWith('.config.ts')
    const known = isTool
      ? [...Object.keys({ ...ofProgram, ...devDependencies }), ...root]
      : Object.keys(ofProgram)
    return packageName(specifier) !== name && !known.includes(packageName(specifier))
  })
  expect(describeImports(wrong)).toEqual([])
})

test('relative imports contain the extension of the file', () => {
  const wrong = imports.filter(
    ({ specifier }) => specifier.startsWith('.') && !/\.(ts|mjs|json)$/.test(specifier),
  )
  expect(describeImports(wrong)).toEqual([])
})

test('the environment is read in main.ts only', () => {
  const readers = files.filter(
    ({ workspace, file }) =>
      isProgram(workspace.path, file) &&
      workspace.path !== 'packages/testkit' &&
      /\bprocess\.env\b|\benv\b[^;\n]*} = process\b|from 'node:process'/.test(readText(file)),
  )
  expect(
    readers.map(({ file }) => file).filter((file) => !/^apps\/[^/]+\/src\/main\.ts$/.test(file)),
  ).toEqual([])
})

function isStarterImport({ specifier, file }: OwnImport): boolean {
  return (
    /^apps\/[^/]+\/[^/]+\.mjs$/.test(file) &&
    STARTERS.includes(fromRoot(join(ROOT, dirname(file), specifier)))
  )
}
