export interface HookArguments {
  readonly spool: string | undefined
  readonly texts: boolean
}

/**
 * The arguments of `skillwatch hook`, or undefined for another command or its help. Wrong arguments are
 * ignored: an exit code other than 0 would block the agent's call.
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
