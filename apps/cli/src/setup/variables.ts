import { printable } from '../text.ts'

/** Variables in one place, such as a settings file or the environment. */
export interface Place {
  /** As in "OTEL_LOGS_EXPORTER=none in the environment". */
  readonly name: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A variable with the place that its value is from. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly place: string
}

/** Undefined for a variable that is not set, or empty. */
export type Lookup = (name: string) => Variable | undefined

/** Looks variables up as Claude Code does: the first place that has one decides. */
export function lookupIn(places: readonly Place[]): Lookup {
  return (name) => {
    const place = places.find(({ variables }) => variables[name] !== undefined)
    const value = String(place?.variables[name] ?? '').trim()
    return place && value !== '' ? { name, value, place: place.name } : undefined
  }
}

/**
 * The variable for people, such as "OTEL_LOGS_EXPORTER=none in the environment". Values that may contain
 * secrets, such as headers and credentials in addresses, are left out.
 */
export function inWords({ name, value, place }: Variable): string {
  const shown = /HEADERS|ENDPOINT/.test(name) ? name : `${name}=${printable(value.slice(0, 40))}`
  return `${shown} in ${place}`
}

/** Whether a switch is on, as Claude Code reads it. */
export function isOn(variable: Variable | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(variable?.value ?? '')
}
