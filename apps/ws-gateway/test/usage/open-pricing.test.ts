import { writeFileSync } from 'node:fs'
import { temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { openPricing } from '../../src/usage/open-pricing.ts'

const TOKENS = { input_tokens: 1_000_000, output_tokens: 0, cache_read_tokens: 0, cache_creation_tokens: 0 }

test('a file replaces the shipped prices', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/prices.json`
  const per_million_tokens = { input: 2, output: 0, cache_read: 0, cache_creation: 0 }
  const models = [{ model: 'own', valid_from: '2026-01-01', per_million_tokens, source: 'the contract' }]
  writeFileSync(path, JSON.stringify({ currency: 'USD', models }))
  const pricing = openPricing(path)
  const atMs = Date.parse('2026-06-01T00:00:00Z')
  expect(pricing.costNanoUsdOf('own', atMs, TOKENS)).toBe(2_000_000_000)
  expect(pricing.costNanoUsdOf('claude-opus-4-1-20250805', atMs, TOKENS)).toBeUndefined()
})

test('a file that is missing or wrong is refused with its name and the reason', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/prices.json`
  expect(() => openPricing(path)).toThrow(/WS_GATEWAY_PRICES_FILE .*prices\.json: ENOENT/)
  writeFileSync(path, '{"currency": "EUR", "models": []}')
  expect(() => openPricing(path)).toThrow(/prices\.json: price table: \/currency must be "USD"/)
})
