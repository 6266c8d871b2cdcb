import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { wireDeclarations } from './wire-declarations.ts'

/** For programs that compile for an older library: it has the types `Disposable` and `AsyncDisposable`. */
const REFERENCE = '/// <reference lib="esnext.disposable" />'

/**
 * Writes the declarations of each entry point as one file: `<name>.d.ts` for `import`, and the same text as
 * `<name>.d.cts` for `require`.
 * @param entries source files by name
 */
export async function writeTypes(
  root: string,
  dist: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  const wire = wirePlugin(root, await wireDeclarations())
  for (const [name, file] of Object.entries(entries)) {
    const plugins = [wire, dts({ cwd: root, tsconfig: false, generator: 'oxc', dtsOnly: true })]
    await using bundle = await rolldown({ cwd: root, input: { [name]: file }, plugins })
    await bundle.write({ dir: dist, entryFileNames: '[name].d.ts', postBanner: REFERENCE })
    copyFileSync(join(dist, `${name}.d.ts`), join(dist, `${name}.d.cts`))
  }
}

/** Resolves `@skillwatch/schema` to the declarations of its types. */
function wirePlugin(root: string, declarations: string): Plugin {
  const path = join(root, 'wire.d.ts')
  return {
    name: 'wire',
    resolveId: {
      order: 'pre',
      handler: (specifier) => (specifier === '@skillwatch/schema' ? path : undefined),
    },
    load: (id) => (id === path ? declarations : undefined),
  }
}
