/** The variables that set the clock (those of libfaketime) and the time zone of the tests. */
const CLOCK = /^(LD_PRELOAD|FAKETIME.*|TZ)$/

/** The variables that each process of a test inherits: PATH, and the clock and time zone of the tests. */
export function inheritedEnvironment(): Record<string, string> {
  return select((name) => name === 'PATH' || CLOCK.test(name))
}

/**
 * All variables of the tests except for their clock and time zone, for programs that fail under another
 * clock than the machine's.
 */
export function environmentWithMachineClock(): Record<string, string> {
  return select((name) => !CLOCK.test(name))
}

function select(isWanted: (name: string) => boolean): Record<string, string> {
  const variables = Object.entries(process.env as Record<string, string>)
  return Object.fromEntries(variables.filter(([name]) => isWanted(name)))
}
