import { expect } from 'vitest'

/** Expects a value to have the digits of an oracle: their relative difference is at most `tolerance`. */
export function expectDigits(value: number, oracle: number, tolerance = 1e-8): void {
  if (oracle === 0) expect(Math.abs(value)).toBeLessThanOrEqual(tolerance)
  else expect(Math.abs(value / oracle - 1), `${value} for ${oracle}`).toBeLessThanOrEqual(tolerance)
}

/** Every number of an answer, at any depth, to show that none of them is NaN or infinite. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersOf) : []
}

export function expectFinite(answer: unknown): void {
  for (const value of numbersOf(answer)) expect(Number.isFinite(value)).toBe(true)
}
