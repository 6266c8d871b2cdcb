// Writes dist/, the package that is published: plain JavaScript and types, without dependencies.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { writeTypes } from './write-types.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = process.argv[2] ?? join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
const common = { bundle: true, format: 'esm', outdir: dist, charset: 'utf8', logLevel: 'warning' } as const
// The oldest browsers with AbortSignal.any, the newest feature that the package needs.
const browsers = ['chrome116', 'firefox124', 'safari17.4']
await build({
  ...common,
  entryPoints: { index: join(root, 'src/index.ts') },
  platform: 'browser',
  target: browsers,
})
await build({
  ...common,
  entryPoints: { node: join(root, 'src/node/index.ts') },
  platform: 'node',
  target: 'node20',
})
await build({
  ...common,
  entryPoints: { mcp: join(root, 'src/tracking/mcp.ts') },
  platform: 'neutral',
  target: 'es2022',
})
writeTypes(root, dist, { index: 'index', node: 'node/index', mcp: 'tracking/mcp' })
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`)
copyFileSync(join(root, 'README.md'), join(dist, 'README.md'))
copyFileSync(join(root, '../../LICENSE'), join(dist, 'LICENSE'))

function manifest(): object {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  const entry = (name: string) => ({ types: `./types/${name}.d.ts`, default: `./${name}.js` })
  return {
    name: own.name,
    version: own.version,
    description: own.description,
    keywords: own.keywords,
    license: own.license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.3' },
    exports: {
      '.': { node: entry('node'), default: entry('index') },
      './node': entry('node'),
      './mcp': entry('mcp'),
      './package.json': './package.json',
    },
    files: ['*.js', 'types'],
    peerDependencies: own.peerDependencies,
    peerDependenciesMeta: own.peerDependenciesMeta,
  }
}
