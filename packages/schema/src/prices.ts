import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import shippedPrices from '../prices.json' with { type: 'json' }
import { name, text } from './text.ts'

const price = (description: string) =>
  Type.Number({ description: `US dollars per million tokens ${description}`, minimum: 0, maximum: 1_000 })

const ModelPrice = Type.Object(
  {
    model: name('The model, as its provider names it.'),
    aliases: Type.Optional(Type.Array(name('Another name of the model.'), { maxItems: 100 })),
    valid_from: Type.String({
      format: 'date',
      description: 'First day (UTC) of the price. It holds until the next entry of the same model.',
    }),
    per_million_tokens: Type.Object(
      {
        input: price('of the prompt that were neither read from a cache nor written to one.'),
        output: price('that the model wrote.'),
        cache_read: price('that were read from a cache.'),
        cache_creation: price('that were written to a cache for five minutes.'),
      },
      { additionalProperties: false },
    ),
    source: text('Where the price is published, such as the address of a price list.'),
  },
  { additionalProperties: false },
)
type ModelPrice = Static<typeof ModelPrice>

/**
 * Dated prices of models. A price that changes gets a second entry with a later `valid_from`; the earlier
 * one stays, so that old responses keep their cost. Prices with at most three decimals are exact.
 */
export const PriceTable = Type.Object(
  {
    $comment: Type.Optional(Type.String()),
    currency: Type.Literal('USD'),
    models: Type.Array(ModelPrice, { maxItems: 10_000 }),
  },
  { additionalProperties: false, description: 'Dated prices of models.' },
)
export type PriceTable = Static<typeof PriceTable>

/** Tokens of one response or of a sum of responses at one price, with the names of `api_request`. */
export interface TokenCounts {
  input_tokens: number
  output_tokens: number
  cache_read_tokens: number
  cache_creation_tokens: number
}

/** One US dollar. Costs are whole nano-dollars, so that sums of them do not depend on their order. */
export const NANO_USD_PER_USD = 1_000_000_000

export interface Pricing {
  /**
   * Estimated cost in whole nano-dollars: tokens times the price that was valid at that instant. Undefined
   * if the model has no price, or none that is valid yet.
   *
   * The price is the list price of the table. Tokens written to a cache for one hour cost more than those
   * for five minutes; agents report the sum of both, so all are counted at the price of five minutes.
   * Surcharges for long prompts, regions and fast modes, and discounts for batches, are not included either.
   * @param model as the agent reports it; see `modelName`
   */
  costNanoUsdOf(model: string, atMs: number, tokens: TokenCounts): number | undefined
  /**
   * The instants at which a price begins, ascending. Between two of them no price changes.
   * @param models only the prices of these models, as agents report them; all prices without it
   */
  changesAtMs(models?: readonly string[]): readonly number[]
}

const compiled = Compile(PriceTable)

/**
 * Checks the content of a price file.
 * @throws {TypeError} with a JSON pointer to the first wrong value, and the reason
 */
export function readPriceTable(value: unknown): PriceTable {
  if (!compiled.Check(value)) throw refusal(firstError(value))
  const error = ambiguousName(value)
  if (error !== undefined) throw refusal(error)
  return value
}

/** The prices that are shipped. Each entry has the address where the price is published. */
export const DEFAULT_PRICES: PriceTable = readPriceTable(shippedPrices)

export function createPricing(table: PriceTable): Pricing {
  const pricesByName = indexByName(table)
  const pricesOf = (model: string) => pricesByName.get(model) ?? pricesByName.get(modelName(model))
  return {
    changesAtMs(models = [...pricesByName.keys()]) {
      const begins = models.flatMap((model) => pricesOf(model) ?? []).map(({ validFromMs }) => validFromMs)
      return [...new Set(begins)].sort((a, b) => a - b)
    },
    costNanoUsdOf(model, atMs, tokens) {
      const valid = pricesOf(model)?.find(({ validFromMs }) => validFromMs <= atMs)
      return valid && costNanoUsd(tokens, valid.perMillionTokens)
    },
  }
}

/**
 * The name of a model without what a provider or an agent adds to it:
 *
 * | reported | name |
 * | --- | --- |
 * | `claude-opus-4-6[1m]` (Claude Code, long context) | `claude-opus-4-6` |
 * | `us.anthropic.claude-opus-4-6-v1:0` (Bedrock; also as the end of an ARN) | `claude-opus-4-6` |
 * | `claude-opus-4@20250514` (Vertex AI) | `claude-opus-4-20250514` |
 * | `claude-opus-4-6@default` (Vertex AI) | `claude-opus-4-6` |
 * | `anthropic/claude-opus-4-6` (gateways) | `claude-opus-4-6` |
 */
export function modelName(reported: string): string {
  return reported
    .replace(/\[\w+\]$/, '')
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z0-9-]+\.)*anthropic\./, '')
    .replace(/-v\d+(?::\w+)*$/, '')
    .replace(/@default$/, '')
    .replace(/@(\d{8})$/, '-$1')
}

interface DatedPrice {
  validFromMs: number
  perMillionTokens: ModelPrice['per_million_tokens']
}

/** The prices of each name and alias, the newest first. Aliases stand for the model at every date. */
function indexByName({ models }: PriceTable): Map<string, DatedPrice[]> {
  const byName = new Map<string, DatedPrice[]>()
  for (const { model, aliases = [], valid_from, per_million_tokens } of models) {
    const prices = byName.get(model) ?? []
    prices.push({ validFromMs: Date.parse(valid_from), perMillionTokens: per_million_tokens })
    for (const key of [model, ...aliases]) byName.set(key, prices)
  }
  for (const prices of byName.values()) prices.sort((a, b) => b.validFromMs - a.validFromMs)
  return byName
}

function costNanoUsd(tokens: TokenCounts, perMillionTokens: DatedPrice['perMillionTokens']): number {
  return (
    nanoUsd(tokens.input_tokens, perMillionTokens.input) +
    nanoUsd(tokens.output_tokens, perMillionTokens.output) +
    nanoUsd(tokens.cache_read_tokens, perMillionTokens.cache_read) +
    nanoUsd(tokens.cache_creation_tokens, perMillionTokens.cache_creation)
  )
}

/** One dollar per million tokens is 1000 nano-dollars per token. */
function nanoUsd(tokens: number, usdPerMillion: number): number {
  return Math.round(tokens * usdPerMillion * 1000)
}

interface Refusal {
  pointer: string
  reason: string
}

function refusal({ pointer, reason }: Refusal): TypeError {
  return new TypeError(`price table: ${pointer || 'the document'} ${reason}`)
}

/** The validator's first error, in words. An unknown field is named first: it is often a misspelt one. */
function firstError(value: unknown): Refusal {
  const errors = compiled.Errors(value)
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0]!
  const pointer = error.instancePath
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        pointer: child(pointer, error.params.additionalProperties[0]!),
        reason: 'is not a known field',
      }
    case 'required':
      return { pointer: child(pointer, error.params.requiredProperties[0]!), reason: 'is required' }
    case 'const':
      return { pointer, reason: 'must be "USD"' }
    case 'format':
      return { pointer, reason: 'must be a day such as 2026-02-05' }
    case 'pattern':
      return { pointer, reason: 'holds a control character or a lone surrogate' }
    default:
      return { pointer, reason: error.message }
  }
}

/** A name that stands for two models, or two prices of a model that begin on the same day. */
function ambiguousName({ models }: PriceTable): Refusal | undefined {
  const modelOf = new Map(models.map(({ model }) => [model, model]))
  const days = new Set<string>()
  for (const [index, { model, aliases = [], valid_from }] of models.entries()) {
    const day = JSON.stringify([model, valid_from])
    if (days.has(day)) {
      return { pointer: `/models/${index}/valid_from`, reason: `is the day of another price of ${model}` }
    }
    days.add(day)
    for (const [position, alias] of aliases.entries()) {
      const other = modelOf.get(alias) ?? model
      if (other !== model) {
        return { pointer: `/models/${index}/aliases/${position}`, reason: `also stands for ${other}` }
      }
      modelOf.set(alias, model)
    }
  }
  return undefined
}

/** RFC 6901 section 3. Long keys are shortened, so that a message does not repeat the file. */
function child(pointer: string, key: string): string {
  return `${pointer}/${key.slice(0, 100).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`
}
