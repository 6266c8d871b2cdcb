/** Numbers of persons are multiples of this. */
const PERSONS_STEP = 5
/**
 * Steps of a rate by the number of persons. A mean of n rates changes by at most 1/n when one person's rate
 * changes or a person is added, and no step is smaller. Each step divides the one before it, and is at most
 * twice 1/n where it begins, so that the bound also holds from one step to the next.
 */
const RATE_STEPS = [
  { persons: 100, step: 0.01 },
  { persons: 20, step: 0.05 },
  { persons: 10, step: 0.1 },
  { persons: 0, step: 0.2 },
] as const
/** Halves are rounded down, also those that floating point makes a little larger. */
const TIE = 1e-9

/** A number of persons, rounded down. */
export function roundedPersons(persons: number): number {
  return Math.floor(persons / PERSONS_STEP) * PERSONS_STEP
}

/** The step to which a rate over so many persons is rounded. */
export function rateStep(persons: number): number {
  return RATE_STEPS.find((each) => persons >= each.persons)!.step
}

/** A mean of the rates of so many persons, to the nearest step. */
export function roundedRate(rate: number, persons: number): number {
  const step = rateStep(persons)
  return digits(Math.max(0, Math.ceil(rate / step - 0.5 - TIE)) * step, 2)
}

/** A value rounded down to 1, 2 or 5 times a power of ten; 0 below 1. */
export function roundedAmount(value: number): number {
  return valueOfStep(amountStep(value))
}

/** Which of the values 0, 1, 2, 5, 10, 20, … is the largest that is not above a value. */
export function amountStep(value: number): number {
  let step = value < 1 ? 0 : 3 * Math.floor(Math.log10(value))
  while (valueOfStep(step + 1) <= value) step += 1
  return step
}

function valueOfStep(step: number): number {
  return step === 0 ? 0 : [1, 2, 5][(step - 1) % 3]! * 10 ** Math.floor((step - 1) / 3)
}

/** A number without the noise of floating point. */
export function digits(value: number, count: number): number {
  return Math.round(value * 10 ** count) / 10 ** count
}
