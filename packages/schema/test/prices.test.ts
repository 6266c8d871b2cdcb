import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPricing, DEFAULT_PRICES, modelName, type PriceTable, readPriceTable } from '../src/prices.ts'

const NOON_MS = Date.UTC(2026, 10, 22, 12)
const NONE = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_creation_tokens: 0 }
const MILLION_INPUT = { ...NONE, input_tokens: 1_000_000 }
const shipped = createPricing(DEFAULT_PRICES)

const entry: PriceTable['models'][number] = {
  model: 'opus',
  valid_from: '2026-02-05',
  per_million_tokens: { input: 5, output: 25, cache_read: 0.5, cache_creation: 6.25 },
  source: 'https://prices.example',
}
const tableOf = (...models: unknown[]) => ({ currency: 'USD', models })
const pricingOf = (...models: unknown[]) => createPricing(readPriceTable(tableOf(...models)))

test('the cost of a response is the sum of its tokens, each sort at its own price', () => {
  const tokens = {
    input_tokens: 1_200,
    output_tokens: 345,
    cache_read_tokens: 67_890,
    cache_creation_tokens: 1_001,
  }
  // 1 200 × $5 + 345 × $25 + 67 890 × $0.50 + 1 001 × $6.25, per million: $0.05482625
  expect(shipped.costNanoUsdOf('claude-opus-4-6', NOON_MS, tokens)).toBe(54_826_250)
  // 1 200 × $1 + 345 × $5 + 67 890 × $0.10 + 1 001 × $1.25, per million: $0.01096525
  expect(shipped.costNanoUsdOf('claude-haiku-4-5-20251001', NOON_MS, tokens)).toBe(10_965_250)
})

test('a response without tokens costs nothing', () => {
  expect(shipped.costNanoUsdOf('claude-opus-4-6', NOON_MS, NONE)).toBe(0)
})

test('the cost of a sum of responses is the sum of their costs', () => {
  const count = fc.nat({ max: 1_000_000_000 })
  const counts = fc.record({
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_creation_tokens: count,
  })
  fc.assert(
    fc.property(fc.constantFrom(...DEFAULT_PRICES.models), counts, counts, ({ model }, a, b) => {
      const costOf = (tokens: typeof a) => shipped.costNanoUsdOf(model, NOON_MS, tokens)!
      const sum = {
        input_tokens: a.input_tokens + b.input_tokens,
        output_tokens: a.output_tokens + b.output_tokens,
        cache_read_tokens: a.cache_read_tokens + b.cache_read_tokens,
        cache_creation_tokens: a.cache_creation_tokens + b.cache_creation_tokens,
      }
      expect(costOf(a) + costOf(b)).toBe(costOf(sum))
      expect(costOf(sum)).toSatisfy(Number.isSafeInteger)
    }),
  )
})

test('a part of a nano-dollar is rounded', () => {
  const per_million_tokens = { ...entry.per_million_tokens, input: 0.0374 }
  const pricing = pricingOf({ ...entry, per_million_tokens })
  expect(pricing.costNanoUsdOf('opus', NOON_MS, { ...NONE, input_tokens: 3 })).toBe(112)
})

test('a price holds from its first day in UTC until the next price begins', () => {
  const cheaper = { ...entry.per_million_tokens, input: 4 }
  const pricing = pricingOf({ ...entry, valid_from: '2026-10-07', per_million_tokens: cheaper }, entry)
  const costAt = (instant: string) => pricing.costNanoUsdOf('opus', Date.parse(instant), MILLION_INPUT)
  expect(costAt('2026-02-04T23:59:59.999Z')).toBeUndefined()
  expect(costAt('2026-02-05T00:00:00.000Z')).toBe(5_000_000_000)
  expect(costAt('2026-10-06T23:59:59.999Z')).toBe(5_000_000_000)
  expect(costAt('2026-10-07T00:00:00.000Z')).toBe(4_000_000_000)
})

test('prices change at the first day of each, of all models or of those that are named', () => {
  const pricing = createPricing(DEFAULT_PRICES)
  const day = Date.parse('2026-02-05')
  expect(pricing.changesAtMs(['claude-opus-4-6[1m]', 'unknown'])).toEqual([day])
  expect(pricing.changesAtMs(['unknown'])).toEqual([])
  expect(pricing.changesAtMs()).toContain(day)
})

test('an alias stands for all prices of its model, whichever entry names it', () => {
  const cheaper = { ...entry.per_million_tokens, input: 4 }
  const pricing = pricingOf(
    { ...entry, aliases: ['big'] },
    { ...entry, valid_from: '2026-10-07', per_million_tokens: cheaper },
  )
  const costAt = (instant: string) => pricing.costNanoUsdOf('big', Date.parse(instant), MILLION_INPUT)
  expect(costAt('2026-03-01T00:00:00Z')).toBe(5_000_000_000)
  expect(costAt('2026-11-01T00:00:00Z')).toBe(4_000_000_000)
})

test.each(['gpt-unknown', '', 'claude-opus', 'claude-opus-4-60', '__proto__', '<synthetic>'])(
  'the unknown model %j has no cost',
  (model) => expect(shipped.costNanoUsdOf(model, NOON_MS, MILLION_INPUT)).toBeUndefined(),
)

test('a model has no cost before its first price', () => {
  expect(shipped.costNanoUsdOf('claude-opus-4-6', Date.UTC(2026, 1, 4), MILLION_INPUT)).toBeUndefined()
})

const opus46 = 'claude-opus-4-6'
test.each([
  [opus46, opus46],
  ['claude-opus-4-6[1m]', opus46],
  ['anthropic.claude-opus-4-6-v1', opus46],
  ['us.anthropic.claude-opus-4-6-v1:0', opus46],
  ['us.anthropic.claude-opus-4-6-v1:0[1m]', opus46],
  ['global.anthropic.claude-opus-4-6-v1:0:200k', opus46],
  ['us-gov.anthropic.claude-opus-4-6', opus46],
  ['arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-6-v1', opus46],
  ['bedrock/anthropic.claude-opus-4-6-v1:0', opus46],
  ['anthropic/claude-opus-4-6', opus46],
  ['claude-opus-4-6@default', opus46],
  ['anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4-20250514'],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet-20241022'],
  ['claude-opus-4@20250514', 'claude-opus-4-20250514'],
  ['claude-3-5-sonnet-v2@20241022', 'claude-3-5-sonnet-v2-20241022'],
  ['publishers/anthropic/models/claude-opus-4-1@20250805', 'claude-opus-4-1-20250805'],
])('the model %s is named %s and has a price', (reported, name) => {
  expect(modelName(reported)).toBe(name)
  expect(shipped.costNanoUsdOf(reported, NOON_MS, MILLION_INPUT)).toBeGreaterThan(0)
})

test.each(
  DEFAULT_PRICES.models.flatMap(({ model, aliases = [] }) => aliases.map((alias) => [alias, model])),
)('the alias %s costs the same as %s', (alias, model) => {
  const cost = shipped.costNanoUsdOf(alias!, NOON_MS, MILLION_INPUT)
  expect(cost).toBeGreaterThan(0)
  expect(cost).toBe(shipped.costNanoUsdOf(model!, NOON_MS, MILLION_INPUT))
})

test('a name of the table is matched as it is before it is shortened', () => {
  const own = {
    ...entry,
    model: 'proxy/opus',
    per_million_tokens: { ...entry.per_million_tokens, input: 1 },
  }
  const pricing = pricingOf(entry, own)
  expect(pricing.costNanoUsdOf('proxy/opus', NOON_MS, MILLION_INPUT)).toBe(1_000_000_000)
  expect(pricing.costNanoUsdOf('other/opus', NOON_MS, MILLION_INPUT)).toBe(5_000_000_000)
})

const { source: _, ...withoutSource } = entry
const withInput = (input: unknown) => ({
  ...entry,
  per_million_tokens: { ...entry.per_million_tokens, input },
})
test.each([
  ['the document must be object', null],
  ['/models is required', { currency: 'USD' }],
  ['/currency must be "USD"', { ...tableOf(), currency: 'EUR' }],
  ['/a~1b~0c is not a known field', { ...tableOf(), 'a/b~c': 1 }],
  ['/model is not a known field', { currency: 'USD', model: [] }],
  ['/models must be array', { ...tableOf(), models: {} }],
  ['/models/1/source is required', tableOf(entry, withoutSource)],
  ['/models/1/validFrom is not a known field', tableOf(entry, { ...entry, validFrom: '2026-02-05' })],
  ['/models/0/model must not have fewer than 1 characters', tableOf({ ...entry, model: '' })],
  ['/models/0/model holds a control character or a lone surrogate', tableOf({ ...entry, model: 'a\0' })],
  ['/models/0/valid_from must be a day such as 2026-02-05', tableOf({ ...entry, valid_from: '2026-02-30' })],
  ['/models/0/per_million_tokens/input must be number', tableOf(withInput('5'))],
  ['/models/0/per_million_tokens/input must be >= 0', tableOf(withInput(-1))],
  ['/models/0/per_million_tokens/input must be <= 1000', tableOf(withInput(1_001))],
  ['/models/1/valid_from is the day of another price of opus', tableOf(entry, entry)],
  [
    '/models/1/aliases/1 also stands for opus',
    tableOf(entry, { ...entry, model: 'sonnet', aliases: ['s', 'opus'] }),
  ],
  [
    '/models/1/aliases/0 also stands for opus',
    tableOf({ ...entry, aliases: ['x'] }, { ...entry, model: 'sonnet', aliases: ['x'] }),
  ],
])('a wrong table is refused with a pointer and a reason: %s', (message, value) => {
  expect(() => readPriceTable(value)).toThrow(new TypeError(`price table: ${message}`))
})

test('an empty table is valid and has no prices', () => {
  expect(pricingOf().costNanoUsdOf('claude-opus-4-6', NOON_MS, MILLION_INPUT)).toBeUndefined()
})

test('each shipped price has the address of its source and is exact in nano-dollars per token', () => {
  expect(DEFAULT_PRICES.models.length).toBeGreaterThan(0)
  for (const { source, per_million_tokens } of DEFAULT_PRICES.models) {
    expect(new URL(source).protocol).toBe('https:')
    for (const price of Object.values(per_million_tokens)) {
      expect(Math.abs(price * 1000 - Math.round(price * 1000))).toBeLessThan(1e-9)
    }
  }
})

test('each shipped model keeps the order of prices: reading a cache, input, writing a cache, output', () => {
  for (const { per_million_tokens: price } of DEFAULT_PRICES.models) {
    const ascending = [price.cache_read, price.input, price.cache_creation, price.output]
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
  }
})
