import { readFileSync, statSync } from 'node:fs'
import { isObject } from '@skillwatch/schema/claude-code'
import { CliError } from '../../errors.ts'
import { invocationIdOf, type Source, type SourceRow } from './source.ts'

/** The file is read into memory, so its size is bounded. */
const FILE_BYTES_MAX = 256 * 1_048_576

/**
 * Opens a file of session-buddy's tracker. The old layout (`skill_metrics.json`) holds `invocations` and
 * `skills`, the new one (`export_metrics`) only `invocations`.
 * @throws {CliError} when it is another file
 */
export function openJsonSource(path: string): Source {
  const { size } = statSync(path)
  if (size > FILE_BYTES_MAX)
    throw new CliError(`${path} is larger than 256 MiB: split its list of invocations.`)
  const content = parse(path)
  const invocations = isObject(content) ? content.invocations : undefined
  if (!isObject(content) || !Array.isArray(invocations)) {
    throw new CliError(
      `${path} is not a file of session-buddy: expected an object with a list \`invocations\`.`,
    )
  }
  const rows = toRows(invocations)
  return {
    format: 'json',
    layout: 'skills' in content ? 'old' : 'new',
    rowCount: rows.length,
    otherRows: {},
    rowCountUpTo: (rowId) => Math.min(rowId, rows.length),
    invocationIdAt: (rowId) => rows[rowId - 1]?.invocationId,
    rowsAfter: (rowId) => rows.slice(rowId),
    [Symbol.dispose]: () => undefined,
  }
}

/** Records have no id. Equal ones are numbered, which stays stable while the file grows at its end. */
function toRows(invocations: readonly unknown[]): SourceRow[] {
  const seen = new Map<string, number>()
  return invocations.map((record, index) => {
    const content = invocationIdOf('json', canonical(record))
    const occurrence = (seen.get(content) ?? 0) + 1
    seen.set(content, occurrence)
    return {
      rowId: index + 1,
      invocationId: invocationIdOf('json', content, occurrence),
      record: isObject(record) ? record : undefined,
    }
  })
}

/** A form that does not depend on the order of keys, nor on whether an unknown value is null or absent. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return value
  const known = Object.entries(value).filter(([, each]) => each !== null)
  return known.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)])
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new CliError(
      `${path} is neither a SQLite database nor complete JSON: if session-buddy is writing it, run the ` +
        'same command again; otherwise give its skills.db or a JSON file of its tracker.',
      { cause },
    )
  }
}
