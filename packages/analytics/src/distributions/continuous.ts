import { igamc, incbet, ndtr, stdtri } from './special.ts'

/** The quantile of the normal distribution for intervals that contain the true value in 95% of cases. */
export const Z95 = 1.959963984540054

/** P(|Z| ≥ |z|) of a standard normal variable. */
export function normalTwoSided(z: number): number {
  return Math.min(1, 2 * ndtr(-Math.abs(z)))
}

/** P(|T| ≥ |t|) of Student's t distribution (Abramowitz & Stegun 1964, 26.7.1). */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return 0
  return incbet(degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + t * t))
}

/** The quantile of Student's t distribution for a 95% interval. */
export function studentQuantile95(degreesOfFreedom: number): number {
  return stdtri(degreesOfFreedom, 0.975)
}

/** P(X ≥ x) of a chi-squared distribution (Abramowitz & Stegun 1964, 26.4.19). */
export function chiSquaredAtLeast(x: number, degreesOfFreedom: number): number {
  return x <= 0 ? 1 : igamc(degreesOfFreedom / 2, x / 2)
}
