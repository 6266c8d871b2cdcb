/** A clock that the tests run under (libfaketime's variables) and their time zone. */
const CLOCK = /^(LD_PRELOAD|FAKETIME.*|TZ)$/

/** What each process of a test inherits: where programs are found, and the clock and time zone of the tests. */
export function inheritedEnvironment(): Record<string, string> {
  return select((name) => name === 'PATH' || CLOCK.test(name))
}

/** The whole environment of the tests with the machine's own clock, for programs that another clock breaks. */
export function environmentWithMachineClock(): Record<string, string> {
  return select((name) => !CLOCK.test(name))
}

function select(isWanted: (name: string) => boolean): Record<string, string> {
  const variables = Object.entries(process.env as Record<string, string>)
  return Object.fromEntries(variables.filter(([name]) => isWanted(name)))
}
