import { dirname, posix } from 'node:path'
import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import { filesBelow, readText, workspaces } from './repository.ts'

/** A function of a source: declaration, expression, arrow function, method, accessor or constructor. */
export interface SourceFunction {
  /** Such as `packages/db/src/migrate.ts:40 migrateUp`. */
  readonly at: string
  /** From its first to its last line, both included. */
  readonly lines: number
}

export interface ParsedSource {
  /** Path below the root, such as `packages/db/src/migrate.ts`. */
  readonly file: string
  /** Of the workspace that holds it. */
  readonly workspace: string
  readonly lines: number
  readonly functions: readonly SourceFunction[]
  /** Files of the same workspace that it imports or exports from, types and `import('…')` included. */
  readonly imports: readonly string[]
}

/** The program sources of all apps and packages, each parsed once. */
export function programSources(): ParsedSource[] {
  return workspaces()
    .filter(({ path }) => /^(apps|packages)\//.test(path))
    .flatMap(({ path }) => filesBelow(`${path}/src`, /\.ts$/).map((file) => parseFile(file, path)))
}

function parseFile(file: string, workspace: string): ParsedSource {
  const source = readText(file)
  const { functions, specifiers } = parseSource(file, source)
  return {
    file,
    workspace,
    lines: countLines(source.trimEnd()),
    functions,
    imports: specifiers
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(dirname(file), specifier)),
  }
}

/** @throws {SyntaxError} when the source is not TypeScript */
export function parseSource(file: string, source: string) {
  const { program, module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]!.message}`)
  const functions: SourceFunction[] = []
  const specifiers = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
  for (const { entries } of module.staticExports)
    specifiers.push(...entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))
  visit(program, undefined, (node, parent) => {
    if (isFunction(node)) functions.push(toFunction(node, parent, file, source))
    const specifier = importExpression(node)
    if (specifier !== undefined) specifiers.push(specifier)
  })
  return { functions, specifiers: [...new Set(specifiers)] }
}

type FunctionNode = Extract<
  Node,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>

/** Methods, accessors and constructors hold a FunctionExpression, so these three are all. */
function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** The module of `import('…')`, as an expression or as a type. */
function importExpression(node: Node): string | undefined {
  if (node.type !== 'ImportExpression' && node.type !== 'TSImportType') return undefined
  return node.source.type === 'Literal' ? String(node.source.value) : undefined
}

function visit(node: Node, parent: Node | undefined, enter: (node: Node, parent?: Node) => void): void {
  enter(node, parent)
  for (const key of visitorKeys[node.type] ?? []) {
    const value = (node as unknown as Record<string, Node | readonly (Node | null)[] | null>)[key]
    for (const child of [value].flat()) if (child) visit(child as Node, node, enter)
  }
}

function toFunction(
  node: FunctionNode,
  parent: Node | undefined,
  file: string,
  source: string,
): SourceFunction {
  const start = parent?.type === 'MethodDefinition' ? parent.start : node.start
  const line = countLines(source.slice(0, start))
  return {
    at: `${file}:${line} ${nameOf(node, parent)}`,
    lines: countLines(source.slice(start, node.end)),
  }
}

function nameOf(node: FunctionNode, parent: Node | undefined): string {
  const named =
    node.id ?? (parent && 'key' in parent ? parent.key : parent && 'id' in parent ? parent.id : null)
  return named?.type === 'Identifier' || named?.type === 'PrivateIdentifier' ? named.name : '(anonymous)'
}

function countLines(text: string): number {
  return text.split('\n').length
}
