import { once } from 'node:events'
import type { StreamEvent } from '@skillwatch/client'
import type { CommandContext } from '../context.ts'

/**
 * Prints the changes of a stream until it ends, or without `follow` until all stored ones are printed.
 * @returns whether nothing was printed
 */
export async function printStream<Item>(
  context: CommandContext,
  events: AsyncIterable<StreamEvent<Item>>,
  { render, follow }: { readonly render: (items: readonly Item[]) => string; readonly follow: boolean },
): Promise<boolean> {
  let isEmpty = true
  for await (const event of events) {
    if (event.type === 'changes') {
      const text = render(event.items)
      isEmpty &&= text === ''
      await write(context, text)
    }
    if (event.type === 'caught_up' && !follow) break
  }
  return isEmpty
}

/** Each change as one line of JSON. */
export function renderJson(changes: readonly object[]): string {
  return changes.map((change) => `${JSON.stringify(change)}\n`).join('')
}

/** Waits for a slow reader of stdout, which slows the stream down instead of filling memory. */
async function write({ stdout, signal }: CommandContext, text: string): Promise<void> {
  if (text === '' || stdout.write(text)) return
  await once(stdout, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
