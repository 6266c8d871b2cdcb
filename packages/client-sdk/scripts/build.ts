// Writes dist/, the package that is published: plain JavaScript and types, without dependencies.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { writeTypes } from './write-types.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = process.argv[2] ?? join(root, 'dist')

const ENTRIES = { index: 'src/index.ts', node: 'src/node/index.ts', mcp: 'src/tracking/mcp.ts' } as const
type Entry = keyof typeof ENTRIES

const TARGETS: Readonly<Record<Entry, Pick<BuildOptions, 'platform' | 'target'>>> = {
  // The oldest browsers with AbortSignal.any, the newest feature that the package needs.
  index: { platform: 'browser', target: ['chrome116', 'firefox124', 'safari17.4'] },
  node: { platform: 'node', target: 'node20' },
  mcp: { platform: 'neutral', target: 'es2022' },
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
for (const entry of ['index', 'node', 'mcp'] as const) {
  await bundle(entry, { format: 'esm' })
  await bundle(entry, { format: 'cjs', outExtension: { '.js': '.cjs' }, ...importMetaUrl(entry) })
}
await writeTypes(root, dist, ENTRIES)
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`)
copyFileSync(join(root, 'README.md'), join(dist, 'README.md'))
copyFileSync(join(root, '../../LICENSE'), join(dist, 'LICENSE'))

async function bundle(entry: Entry, options: BuildOptions): Promise<void> {
  await build({
    entryPoints: { [entry]: join(root, ENTRIES[entry]) },
    bundle: true,
    outdir: dist,
    charset: 'utf8',
    logLevel: 'warning',
    ...TARGETS[entry],
    ...options,
  })
}

/** CommonJS has no `import.meta`. Only the entry for Node needs it. */
function importMetaUrl(entry: Entry): BuildOptions {
  if (entry !== 'node') return {}
  const url = "'use strict'\nconst importMetaUrl = require('node:url').pathToFileURL(__filename).href"
  return { define: { 'import.meta.url': 'importMetaUrl' }, banner: { js: url } }
}

function manifest(): object {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  // With types per condition: TypeScript would read those of an ES module in a CommonJS file otherwise.
  const entry = (name: Entry) => ({
    import: { types: `./${name}.d.ts`, default: `./${name}.js` },
    require: { types: `./${name}.d.cts`, default: `./${name}.cjs` },
  })
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
    files: ['*.js', '*.cjs', '*.d.ts', '*.d.cts'],
    peerDependencies: own.peerDependencies,
    peerDependenciesMeta: own.peerDependenciesMeta,
  }
}
