import type { Argument, Command, Option } from 'commander'

/** Where the next word of a command line stands. */
export interface Place {
  readonly command: Command
  /** The option that the word may be a value of. */
  readonly option: Option | undefined
  /** Arguments of the command before the word. */
  readonly argumentCount: number
  /** Whether a word that begins with a dash is an argument too. */
  readonly areOptionsOver: boolean
}

/** The place of the word that follows these words, which a person may still change. */
export function placeAfter(words: readonly string[], root: Command): Place {
  const start: Place = { command: root, option: undefined, argumentCount: 0, areOptionsOver: false }
  return words.reduce(next, start)
}

/** The argument of the command that stands at a place. */
export function argumentAt({ command, argumentCount }: Place): Argument | undefined {
  const { registeredArguments } = command
  const last = registeredArguments.at(-1)
  return registeredArguments[argumentCount] ?? (last?.variadic ? last : undefined)
}

/** The option of a command that takes values and has this name, such as `--kind` or `-n`. */
export function optionWithValue(command: Command, name: string): Option | undefined {
  return command.options.find(
    (option) => [option.long, option.short].includes(name) && (option.required || option.optional),
  )
}

function next(place: Place, word: string): Place {
  const { command, option, argumentCount, areOptionsOver } = place
  if (areOptionsOver) return { ...place, argumentCount: argumentCount + 1 }
  if (word === '--') return { ...place, option: undefined, areOptionsOver: true }
  if (word.startsWith('-')) return { ...place, option: optionWithValue(command, word) }
  if (option !== undefined) return { ...place, option: option.variadic ? option : undefined }
  if (word === 'help' && argumentCount === 0 && command.commands.length > 0) return place
  const child = command.commands.find((each) => each.name() === word)
  if (child !== undefined && argumentCount === 0) return { ...place, command: child }
  // The command of `run` has options of its own.
  return { ...place, argumentCount: argumentCount + 1, areOptionsOver: argumentAt(place)?.variadic === true }
}
