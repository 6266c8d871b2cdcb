import { expect, test } from 'vitest'
import { readPackage, readText, workspaces } from './support/repository.ts'

const everywhere = [{ path: '.', package: readPackage('.') }, ...workspaces()]
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/

test('every dependency is pinned to one version', () => {
  const loose = everywhere.flatMap(
    ({ path, package: { dependencies, devDependencies, optionalDependencies } }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !EXACT.test(version))
        .map(([name, version]) => `${path}: ${name} ${version}`),
  )
  expect(loose).toEqual([])
})

test('a dependency has the same version in every workspace', () => {
  const versions = new Map<string, Set<string>>()
  for (const { package: each } of everywhere) {
    for (const [name, version] of Object.entries({ ...each.dependencies, ...each.devDependencies })) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version))
    }
  }
  const several = [...versions]
    .filter(([, each]) => each.size > 1)
    .map(([name, each]) => `${name} ${[...each]}`)
  expect(several).toEqual([])
})

test('all workspaces have one version, by which commands know services', () => {
  expect([...new Set(workspaces().map(({ package: each }) => each.version))]).toHaveLength(1)
})

test('the lock file names no registry, so that any registry works', () => {
  const lock = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, { resolved?: string }>
  }
  const resolved = Object.entries(lock.packages).filter(([, { resolved: address }]) =>
    address?.startsWith('http'),
  )
  expect(resolved.map(([path]) => path)).toEqual([])
  expect(readText('.npmrc')).toContain('omit-lockfile-registry-resolved=true')
})

test('the lock file contains every dependency of every workspace', () => {
  const lock = JSON.parse(readText('package-lock.json')) as { packages: Record<string, object> }
  const wanted = ({ dependencies, devDependencies, optionalDependencies }: Record<string, unknown>) =>
    JSON.stringify([dependencies, devDependencies, optionalDependencies].map((each) => sorted(each ?? {})))
  const behind = everywhere.filter(({ path, package: each }) => {
    const locked = lock.packages[path === '.' ? '' : path]
    return (
      !locked ||
      wanted(locked as Record<string, unknown>) !== wanted(each as unknown as Record<string, unknown>)
    )
  })
  expect(behind.map(({ path }) => path)).toEqual([])
})

test('every workspace can be linted, type-checked and tested', () => {
  const missing = workspaces().flatMap(({ path, package: { scripts = {} } }) =>
    ['lint', 'typecheck', 'test'].filter((task) => !scripts[task]).map((task) => `${path}: ${task}`),
  )
  // The benchmarks have no tests.
  expect(missing.filter((each) => each !== 'bench: test')).toEqual([])
})

test('no workspace can be published by mistake: it is private, or its sources refuse it', () => {
  const open = workspaces().filter(
    ({ package: { private: isPrivate, scripts } }) =>
      isPrivate !== true && !scripts?.prepublishOnly?.includes('exit 1'),
  )
  expect(open.map(({ path }) => path)).toEqual([])
})

function sorted(dependencies: object): [string, unknown][] {
  return Object.entries(dependencies).sort(([left], [right]) => left.localeCompare(right))
}
