import { readFileSync, statSync } from 'node:fs'
import { CliError } from '../../errors.ts'
import { invocationIdOf, type SessionBuddyRecord, type Source, type SourceRow } from './source.ts'

/** A file is read whole, so it has a bound. */
const FILE_BYTES_MAX = 256 * 1_048_576

/**
 * What session-buddy's tracker writes: `invocations` and `skills` in the old layout (`skill_metrics.json`), `invocations`
 * alone in the new one (`export_metrics`).
 * @throws {CliError} when it is no such file
 */
export function openJsonSource(path: string): Source {
  const { size } = statSync(path)
  if (size > FILE_BYTES_MAX)
    throw new CliError(`${path} is larger than 256 MiB: split its list of invocations.`)
  const content = parse(path)
  const invocations = isRecord(content) ? content.invocations : undefined
  if (!isRecord(content) || !Array.isArray(invocations)) {
    throw new CliError(
      `${path} is no file of session-buddy: expected an object with a list \`invocations\`.`,
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

/** Records have no id. Equal ones are told apart by counting them, which stays right while the file grows at its end. */
function toRows(invocations: readonly unknown[]): SourceRow[] {
  const seen = new Map<string, number>()
  return invocations.map((record, index) => {
    const content = invocationIdOf('json', canonical(record))
    const occurrence = (seen.get(content) ?? 0) + 1
    seen.set(content, occurrence)
    return {
      rowId: index + 1,
      invocationId: invocationIdOf('json', content, occurrence),
      record: isRecord(record) ? record : undefined,
    }
  })
}

/** The same for equal records, whatever the order of their keys and whether what is unknown is null or absent. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isRecord(value)) return value
  const stated = Object.entries(value).filter(([, each]) => each !== null)
  return stated.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)])
}

function isRecord(value: unknown): value is SessionBuddyRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new CliError(
      `${path} is neither a SQLite database nor whole JSON: if session-buddy is writing it, run the same command again; ` +
        'else give its skills.db or a JSON file of its tracker.',
      { cause },
    )
  }
}
