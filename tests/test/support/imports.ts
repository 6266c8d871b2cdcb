/** A module that a source names, and where. */
export interface Import {
  readonly specifier: string
  readonly line: number
}

/**
 * Statements begin a line in formatted sources, so a specifier inside a comment or a template does not
 * match: `import … from '…'`, `export … from '…'`, `import '…'`. A call `import('…')` may stand anywhere.
 */
const STATEMENT = /^[ \t]*(?:import|export)\b(?:[^'";=]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
const CALL = /\bimport\(\s*(['"`])([^'"`\n]+)\1/g
const REQUIRE = /\brequire(?:\.resolve)?\(\s*(['"])([^'"\n]+)\1/g
const COMMENTS = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm

/** Every module that a source imports or re-exports, types included. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source)
  return [STATEMENT, CALL, REQUIRE].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      specifier: match[2]!,
      line: code.slice(0, match.index).split('\n').length,
    })),
  )
}

/** The source with blanks in place of its comments, so that every line keeps its number. */
export function withoutComments(source: string): string {
  return source.replace(COMMENTS, (comment) => comment.replace(/[^\n]/g, ' '))
}
