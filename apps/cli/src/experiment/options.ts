import type { ExperimentMetric } from '@skillwatch/schema'
import { EXPERIMENT_METRICS } from '@skillwatch/schema/vocabulary'
import { InvalidArgumentError } from 'commander'

/** A parser of numbers from `min` to `max`, both included. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`)
  }
}

/** A comma list of metrics, the primary one first. */
export function parseMetrics(text: string): ExperimentMetric[] {
  const metrics = text.split(',').map((each) => each.trim())
  const wrong = metrics.find((each) => !EXPERIMENT_METRICS.includes(each as ExperimentMetric))
  if (wrong === undefined) return [...new Set(metrics as ExperimentMetric[])]
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is not one of ${EXPERIMENT_METRICS.join(', ')}.`)
}

/** The path of an experiment below `/v1`. */
export function experimentPath(name: string, more = ''): string {
  return `/v1/experiments/${encodeURIComponent(name)}${more}`
}
