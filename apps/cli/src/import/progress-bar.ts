import { Presets, SingleBar } from 'cli-progress'
import type { Output } from '../context.ts'

const MEBIBYTE = 1_048_576

export interface ProgressBar extends Disposable {
  start(totalBytes: number): void
  add(bytes: number): void
}

/** A bar of bytes read; silent where the output is no terminal. */
export function createProgressBar(output: Output): ProgressBar {
  if (output.isTTY !== true) return { start() {}, add() {}, [Symbol.dispose]() {} }
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} MiB | {eta_formatted}',
      formatValue: (value, _options, type) =>
        type === 'value' || type === 'total' ? (value / MEBIBYTE).toFixed(1) : String(value),
      stream: output,
      clearOnComplete: true,
      hideCursor: true,
      // Ctrl-C ends the import, which then stops the bar; the bar's own handlers would only be in the way.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  return {
    start: (totalBytes) => bar.start(totalBytes, 0),
    add: (bytes) => bar.increment(bytes),
    [Symbol.dispose]: () => bar.stop(),
  }
}
