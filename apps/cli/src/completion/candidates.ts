import type { Argument, Command, Option } from 'commander'
import { argumentAt, optionWithValue, type Place, placeAfter } from './place.ts'

/** A word that a shell may insert. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

/** What a word may become; `paths` are completed by the shell. */
export type Candidates = readonly Candidate[] | 'paths'

/** Finds the values of an option or argument that begin with a text. */
export type FindValues = (of: Option | Argument, beginning: string) => Promise<Candidates>

/**
 * What the last word of a command line may become.
 * @param words after the name of the program; the last one is not complete and may be empty
 */
export async function candidatesFor(
  words: readonly string[],
  root: Command,
  findValues: FindValues,
): Promise<Candidates> {
  const word = words.at(-1) ?? ''
  const place = placeAfter(words.slice(0, -1), root)
  if (place.areOptionsOver) return await argumentsAt(place, word, findValues)
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
  if (name !== undefined) return await assignedValues(place, name, value!, findValues)
  if (word.startsWith('-')) return optionsOf(place, word)
  if (place.option !== undefined) return await findValues(place.option, word)
  const commands = commandsAt(place, word)
  const found = commands.length > 0 ? commands : await argumentsAt(place, word, findValues)
  return found.length === 0 && word === '' ? optionsOf(place, word) : found
}

function commandsAt({ command, argumentCount }: Place, word: string): Candidate[] {
  if (argumentCount > 0) return []
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.summary() || each.description() }))
    .filter(({ value }) => value.startsWith(word))
}

/** Options by their long names; by short ones after a dash and a letter. */
function optionsOf({ command }: Place, word: string): Candidate[] {
  const isShort = /^-[^-]/.test(word)
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ description }) => !description.startsWith('deprecated'))
    .flatMap(({ short, long, description }) => {
      const value = isShort ? short : long
      return value?.startsWith(word) ? [{ value, description }] : []
    })
}

async function argumentsAt(place: Place, word: string, findValues: FindValues): Promise<Candidates> {
  const argument = argumentAt(place)
  return argument === undefined ? [] : await findValues(argument, word)
}

/** Values of an option that is written `--name=value`. */
async function assignedValues(
  { command }: Place,
  name: string,
  beginning: string,
  findValues: FindValues,
): Promise<Candidates> {
  const option = optionWithValue(command, name)
  const values = option === undefined ? [] : await findValues(option, beginning)
  if (values === 'paths') return values
  return values.map(({ value, description }) => ({ value: `${name}=${value}`, description }))
}
