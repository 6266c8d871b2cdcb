import { readFileSync } from 'node:fs'
import { createPricing, DEFAULT_PRICES, type Pricing, readPriceTable } from '@skillwatch/schema/prices'
import { ConfigError } from '@skillwatch/service'

/**
 * The prices of a file, or those that are shipped.
 * @param path empty for the shipped prices
 * @throws {ConfigError} when the file cannot be read or is no price table
 */
export function openPricing(path: string): Pricing {
  if (path === '') return createPricing(DEFAULT_PRICES)
  try {
    return createPricing(readPriceTable(JSON.parse(readFileSync(path, 'utf8'))))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`WS_GATEWAY_PRICES_FILE ${path}: ${reason}`, { cause: error })
  }
}
