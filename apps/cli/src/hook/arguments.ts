export interface HookArguments {
  readonly spool: string | undefined
  readonly texts: boolean
}

/**
 * The arguments of `skillwatch hook`, or undefined when something else was asked for. Nothing here is wrong: an exit code
 * for wrong usage would forbid the agent its call.
 * @param argv the arguments alone, without node and script
 */
export function hookArguments(argv: readonly string[]): HookArguments | undefined {
  const [command, ...rest] = argv
  if (command !== 'hook' || rest.some((argument) => argument === '--help' || argument === '-h'))
    return undefined
  const at = rest.indexOf('--spool')
  const inOne = rest.find((argument) => argument.startsWith('--spool='))?.slice('--spool='.length)
  return { spool: inOne || (at === -1 ? undefined : rest[at + 1]), texts: rest.includes('--texts') }
}
