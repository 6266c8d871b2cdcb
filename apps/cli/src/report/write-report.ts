import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { CliError } from '../errors.ts'
import { explainFileErrors, prepareReplacement } from '../setup/replace-file.ts'
import { printable } from '../text.ts'
import { REPORT_TITLE } from './report.ts'

/** How a report begins, in each format. */
const STARTS = [
  `${REPORT_TITLE}\n`,
  `# ${REPORT_TITLE}\n`,
  `<!doctype html>\n<!-- ${REPORT_TITLE} -->`,
  `{\n  "title": "${REPORT_TITLE}"`,
]
const START_BYTES = 100
const OTHER = { option: '--output', mode: 0o666 } as const

/**
 * Refuses a file that a report must not replace: only an earlier report, an empty file, or no file at all.
 * @param force whether any regular file may be replaced
 * @throws {CliError} with what to do
 */
export function demandReplaceable(path: string, force: boolean): void {
  const name = printable(path)
  const status = explainFileErrors(
    path,
    'read',
    () => statSync(path, { throwIfNoEntry: false }),
    OTHER.option,
  )
  if (status === undefined) return
  if (!status.isFile()) throw wrongFile(`${name} is not a regular file: name another one with --output.`)
  if (force || isReport(path, status)) return
  throw wrongFile(`${name} is not a report: --force overwrites it, --output names another file.`)
}

/**
 * Replaces the file at once, so that no reader sees half of it.
 * @throws {CliError} when it cannot be written
 */
export function writeReport(path: string, text: string): void {
  explainFileErrors(
    path,
    'written',
    () => {
      using replacement = prepareReplacement(path, text, OTHER)
      replacement.commit()
    },
    OTHER.option,
  )
}

function isReport(path: string, { size }: Stats): boolean {
  return size === 0 || STARTS.some((start) => startOf(path).startsWith(start))
}

function startOf(path: string): string {
  return explainFileErrors(
    path,
    'read',
    () => {
      const buffer = Buffer.alloc(START_BYTES)
      const file = openSync(path, 'r')
      try {
        return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0))
      } finally {
        closeSync(file)
      }
    },
    OTHER.option,
  )
}

function wrongFile(message: string): CliError {
  return new CliError(message, { exitCode: 2 })
}
