import { CLEAR_LINE, type World } from './context.ts'

/** Runs something that takes a while; on a terminal a text says what, until it ends. */
export function whileShown<T>({ stderr }: Pick<World, 'stderr'>, text: string, run: () => T): T {
  const isTty = stderr.isTTY === true
  if (isTty) stderr.write(`${CLEAR_LINE}${text}`)
  try {
    return run()
  } finally {
    if (isTty) stderr.write(CLEAR_LINE)
  }
}
