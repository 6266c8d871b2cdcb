import { type Options, Presets, SingleBar } from 'cli-progress'
import type { Output } from '../context.ts'

/** What a bar counts, and how a value is shown. */
interface BarUnit {
  readonly name: string
  readonly format: (value: number) => string
}

export const MEBIBYTES: BarUnit = { name: 'MiB', format: (bytes) => (bytes / 1_048_576).toFixed(1) }
export const ROWS: BarUnit = { name: 'rows', format: (rows) => rows.toLocaleString('en-US') }

interface ProgressBar extends Disposable {
  /** Without a total, only what was read so far is shown. */
  start(total: number | undefined): void
  add(count: number): void
}

/** A progress bar; shows nothing when the output is no terminal. */
function createProgressBar(output: Output, unit: BarUnit): ProgressBar {
  if (output.isTTY !== true) return { start() {}, add() {}, [Symbol.dispose]() {} }
  let bar: SingleBar | undefined
  return {
    start(total) {
      bar = createBar(output, unit, total === undefined)
      bar.start(total ?? 0, 0)
    },
    add: (count) => bar?.increment(count),
    [Symbol.dispose]: () => bar?.stop(),
  }
}

function createBar(output: Output, unit: BarUnit, isEndless: boolean): SingleBar {
  const options: Options = {
    format: isEndless
      ? `{value} ${unit.name} read, {duration_formatted}`
      : `{bar} {percentage}% | {value}/{total} ${unit.name} | {eta_formatted}`,
    formatValue: (value, _options, type) =>
      type === 'value' || type === 'total' ? unit.format(value) : String(value),
    stream: output,
    clearOnComplete: true,
    hideCursor: true,
    // Ctrl-C ends the import, which then stops the bar.
    gracefulExit: false,
  }
  return new SingleBar(options, Presets.shades_classic)
}

/** Shows a bar until the work succeeds or fails. */
export async function withProgressBar<T>(
  output: Output,
  unit: BarUnit,
  work: (bar: ProgressBar) => Promise<T>,
): Promise<T> {
  using bar = createProgressBar(output, unit)
  return await work(bar)
}
