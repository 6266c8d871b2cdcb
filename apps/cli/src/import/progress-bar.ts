import { Presets, SingleBar } from 'cli-progress'
import type { Output } from '../context.ts'

/** What a bar counts and how it is told. */
interface BarUnit {
  readonly name: string
  readonly format: (value: number) => string
}

export const MEBIBYTES: BarUnit = { name: 'MiB', format: (bytes) => (bytes / 1_048_576).toFixed(1) }
export const ROWS: BarUnit = { name: 'rows', format: (rows) => rows.toLocaleString('en-US') }

interface ProgressBar extends Disposable {
  start(total: number): void
  add(count: number): void
}

/** A bar of what is read; silent where the output is no terminal. */
function createProgressBar(output: Output, unit: BarUnit): ProgressBar {
  if (output.isTTY !== true) return { start() {}, add() {}, [Symbol.dispose]() {} }
  const bar = new SingleBar(
    {
      format: `{bar} {percentage}% | {value}/{total} ${unit.name} | {eta_formatted}`,
      formatValue: (value, _options, type) =>
        type === 'value' || type === 'total' ? unit.format(value) : String(value),
      stream: output,
      clearOnComplete: true,
      hideCursor: true,
      // Ctrl-C ends the import, which then stops the bar; the bar's own handlers would only be in the way.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  return {
    start: (total) => bar.start(total, 0),
    add: (count) => bar.increment(count),
    [Symbol.dispose]: () => bar.stop(),
  }
}

/** Shows a bar while the work goes on, whatever its end. */
export async function withProgressBar<T>(
  output: Output,
  unit: BarUnit,
  work: (bar: ProgressBar) => Promise<T>,
): Promise<T> {
  using bar = createProgressBar(output, unit)
  return await work(bar)
}
