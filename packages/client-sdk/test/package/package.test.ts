import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { freePort, runProgram, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import { buildSync } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startIngestDouble } from '../ingest-double.ts'
import { startService, startServices } from '../node/services.ts'
import { demand, findNode, installInto, packInto, readmeExamples, runTool } from './packed.ts'

const GZIPPED_BYTES_MAX = 12_000

const require = createRequire(import.meta.url)
const typescript = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
const areTheTypesWrong = join(
  dirname(require.resolve('@arethetypeswrong/cli/package.json')),
  'dist/index.js',
)

const here = import.meta.dirname

let folder: TemporaryFolder
let tarball: string
let project: string
beforeAll(async () => {
  folder = temporaryFolder()
  tarball = await packInto(folder.path)
  project = join(folder.path, 'project')
  await installInto(project, tarball)
  // The only other packages that an example or a test imports.
  for (const scope of ['@modelcontextprotocol', '@opentelemetry'])
    symlinkSync(join(here, '../../../../node_modules', scope), join(project, 'node_modules', scope))
}, 120_000)
afterAll(() => folder[Symbol.dispose]())

const nodes = [
  { name: 'the Node of this repository', command: process.execPath, args: [] as string[] },
  { name: 'Node 20', command: await findNode(20), args: ['--experimental-websocket'] },
  { name: 'Node 22', command: await findNode(22), args: [] },
]

test.for(nodes)(
  'the examples of the README run in an empty project, on $name',
  { timeout: 120_000 },
  async ({ command, args, name }, context) => {
    if (command === undefined) {
      if (process.env.CI === 'true') throw new Error(`${name} is not installed on this machine`)
      return context.skip(`${name} is not installed on this machine`)
    }
    await using stack = new AsyncDisposableStack()
    const database = join(folder.path, `${name.replaceAll(' ', '-')}.db`)
    const services = await startServices(stack, database)
    const outputs: string[] = []
    for (const [index, example] of readmeExamples().entries()) {
      const file = join(project, `example-${index}.js`)
      const options = `url: '${services.url}',\n readUrl: '${services.readUrl}'`
      writeFileSync(file, example.replace("url: 'http://127.0.0.1:8766'", options))
      outputs.push(demand(await runProgram({ command, args: [...args, file], cwd: project })).stdout)
    }
    expect(outputs[0]).toBe('1\n')
    expect(outputs[1]).toBe('3\n')
    expect(outputs[4]).toContain('pdf-fill 1')
    expect(outputs[4]).toContain('6 1\n')
    expect(outputs[5]).toMatch(/^session-1 0\n(?:.+ completed \d.*\n){6}404 Nothing was found/)
    expect(outputs[6]).toMatch(/^pdf-fill .+\nOf 4 skills, .+\n1 not enough data\nnot enough data yet\n$/)
    expect(outputs[7]).toBe('true\n')
    const page = await fetch(`${services.readUrl}/v1/invocations?order=asc`)
    const { items } = (await page.json()) as { items: Record<string, string>[] }
    const summarise = items.find(({ skill_name }) => skill_name === 'summarise')!
    const pages = items.filter(({ skill_name }) => skill_name === 'read-page')
    expect(pages.map((each) => each.parent_invocation_id)).toEqual(Array(3).fill(summarise.invocation_id))
  },
)

test('the installed package records the calls of an MCP server', async () => {
  await using stack = new AsyncDisposableStack()
  const ingest = stack.use(await startService('ingest', join(folder.path, 'mcp.db'), await freePort()))
  const example = readmeExamples().find((each) => each.includes('recordTools'))!
  const script = `
    import { Client } from '@modelcontextprotocol/client'
    import { InMemoryTransport } from '@modelcontextprotocol/server'
    ${example.replace("'http://127.0.0.1:8766'", `'${ingest.url}'`)}
    const [ours, theirs] = InMemoryTransport.createLinkedPair()
    const agent = new Client({ name: 'agent', version: '1.0.0' })
    await Promise.all([server.connect(ours), agent.connect(theirs)])
    const { content } = await agent.callTool({ name: 'roll' })
    await client.flush()
    console.log(content.length, client.stats().sent)
    await agent.close()`
  writeFileSync(join(project, 'mcp.js'), script)
  expect(demand(await runProgram({ args: ['mcp.js'], cwd: project })).stdout).toBe('1 1\n')
})

test('the examples of the README compile with the published types and without those of Node', async () => {
  for (const [index, example] of readmeExamples().entries()) {
    const typed = example.replace('(page)', '(page: number)').replace('(pages)', '(pages: number[])')
    writeFileSync(join(project, `example-${index}.ts`), typed)
  }
  // The types of the MCP SDK use `Buffer`; the types of the client use nothing of Node.
  writeFileSync(join(project, 'buffer.d.ts'), 'declare class Buffer extends Uint8Array {}')
  for (const conditions of ['node', 'browser']) {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: [],
      module: conditions === 'node' ? 'nodenext' : 'esnext',
      moduleResolution: conditions === 'node' ? 'nodenext' : 'bundler',
      customConditions: conditions === 'node' ? undefined : ['browser'],
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    demand(await runTool(typescript, ['-p', project], project))
  }
}, 120_000)

test('programs in ES modules and in CommonJS compile with the published types, and run', async () => {
  const consumers = join(folder.path, 'consumers')
  await installInto(consumers, tarball)
  const source = new URL('./consumer.ts', import.meta.url)
  for (const extension of ['mts', 'cts']) copyFileSync(source, join(consumers, `consumer.${extension}`))
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.asynciterable'],
    types: [],
    // Without `require()` of ES modules, which older versions of Node lack.
    module: 'node16',
  }
  writeFileSync(join(consumers, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  demand(await runTool(typescript, ['-p', consumers], consumers))
  for (const file of ['consumer.mjs', 'consumer.cjs']) {
    const args = ['--no-experimental-require-module', file]
    expect(demand(await runProgram({ args, cwd: consumers })).stdout).toBe('true function function\n')
  }
}, 60_000)

const traced = [
  {
    file: 'traced.mjs',
    imports: `import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
      import { createClient } from '@skillwatch/client'`,
  },
  {
    file: 'traced.cjs',
    imports: `const { context, ROOT_CONTEXT, trace } = require('@opentelemetry/api')
      const { createClient } = require('@skillwatch/client')`,
  },
]

test.for(traced)(
  'the installed package finds OpenTelemetry by itself, in $file',
  async ({ file, imports }) => {
    await using ingest = await startIngestDouble()
    const program = `
    ${imports}
    const span = { traceId: '${'a'.repeat(32)}', spanId: '${'b'.repeat(16)}', traceFlags: 1 }
    const active = () => trace.setSpanContext(ROOT_CONTEXT, span)
    context.setGlobalContextManager({ active, with() {}, bind() {}, enable() {}, disable() {} })
    const client = createClient({ url: '${ingest.url}', sessionId: 'session' })
    client.track('traced').complete()
    client.close()`
    writeFileSync(join(project, file), program)
    demand(await runProgram({ args: [file], cwd: project }))
    const attributes = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
    expect(ingest.received[0]?.observations).toEqual([expect.objectContaining({ attributes })])
  },
)

test('every published type of the wire equals that of the schemas', async () => {
  const [, list] = /export type \{([^}]+)\}/.exec(readFileSync(join(here, '../../src/wire.ts'), 'utf8'))!
  const names = list!.split(',').flatMap((name) => name.trim() || [])
  expect(names).toEqual(expect.arrayContaining(['Observation', 'Invocation', 'ServerMessage']))
  const check = `import type * as published from '${project}/node_modules/@skillwatch/client'
    import type * as wire from '@skillwatch/schema'
    type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : [A, B]
    type Flat<T> = T extends (infer I)[] ? Flat<I>[] : T extends object ? { [K in keyof T]: Flat<T[K]> } : T
    type Same<A, B> = Equal<Flat<A>, Flat<B>>
    ${names.map((name) => `export const ${name}: Same<published.${name}, wire.${name}> = true`).join('\n')}`
  const file = join(folder.path, 'check.ts')
  writeFileSync(file, check)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'esnext.array'],
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    typeRoots: [join(here, '../../../../node_modules/@types')],
    types: ['node'],
    paths: { '@skillwatch/schema': [join(here, '../../../schema/src/index.ts')] },
  }
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['check.ts'] }))
  demand(await runTool(typescript, ['-p', folder.path], folder.path))
}, 60_000)

test('the package has no dependencies, and its browser files import no module of Node', () => {
  const manifest = JSON.parse(readFileSync(join(folder.path, 'dist/package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).not.toHaveProperty('private')
  const read = (name: string) => readFileSync(join(folder.path, 'dist', name), 'utf8')
  const files = ['index', 'node', 'mcp'].flatMap((name) => [`${name}.js`, `${name}.cjs`, `${name}.d.ts`])
  const imports = /\b(?:from |require\(|import\()["']([^"']+)["']/g
  const specifiers = files.flatMap((file) => [...read(file).matchAll(imports)].map((match) => match[1]!))
  expect(specifiers).toContain('node:async_hooks')
  expect(specifiers.filter((specifier) => !specifier.startsWith('node:'))).toEqual([])
  for (const name of ['index.js', 'index.cjs', 'mcp.js', 'mcp.cjs'])
    expect(read(name)).not.toContain('node:')
})

test('a page that uses the whole package loads less than 12 kB, gzipped', () => {
  const { outputFiles } = buildSync({
    stdin: { contents: "export * from '@skillwatch/client'", resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length
  expect(bytes).toBeLessThan(GZIPPED_BYTES_MAX)
  expect(bytes).toBeGreaterThan(2_000)
})

test('publint reports nothing', async () => {
  const { messages } = await publint({ pkgDir: join(folder.path, 'dist'), strict: true })
  expect(messages).toEqual([])
})

test('are-the-types-wrong reports nothing', async () => {
  const args = [tarball, '--profile', 'node16', '--format', 'json']
  const { stdout } = demand(await runTool(areTheTypesWrong, args, folder.path))
  expect(JSON.parse(stdout)).toMatchObject({ analysis: { types: { kind: 'included' } } })
}, 60_000)
