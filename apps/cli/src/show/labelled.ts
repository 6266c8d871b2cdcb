import type { Paint } from '../context.ts'
import { wrapItems } from '../text.ts'
import { lineOf } from './parts.ts'

/** A label and what is said of it. */
export type Entry = readonly [label: string, items: readonly string[]]

/** Each label before its items, with commas between them, in lines of at most `width` columns. */
export function labelledLines(
  entries: readonly Entry[],
  { labelWidth, width }: { readonly labelWidth: number; readonly width: number },
  paint: Paint,
): string[] {
  return entries.flatMap(([label, items]) =>
    wrapItems(items, width - labelWidth).map((text, index) =>
      lineOf(
        [{ text: (index === 0 ? label : '').padEnd(labelWidth), format: 'bold' }, { text }],
        width,
        paint,
      ),
    ),
  )
}
