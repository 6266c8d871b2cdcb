import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMessage } from '../../src/stream/parse-message.ts'

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

test.each([
  [{ type: 'ping' }],
  [{ type: 'auth', api_key: 'sw_a_b' }],
  [{ type: 'subscribe', id: 'a' }],
  [{ type: 'subscribe', id: 'a', from: 'start', filter: { kind: ['skill', 'mcp'], skill_name: 'x' } }],
  [{ type: 'subscribe', id: 'a', from: { epoch: 'e', offset: 0 } }],
  [{ type: 'subscribe_metrics', id: 'm', kind: 'skill', limit: 100, interval_ms: 1_000 }],
  [{ type: 'unsubscribe', id: 'a' }],
])('%j is taken as it is', (message) => {
  expect(parseMessage(bytes(message))).toEqual({ message })
})

test.each([
  ['', 'JSON object was expected'],
  ['{"type":', 'JSON object was expected'],
  ['[]', 'not an array'],
  ['null', 'not null'],
  ['1', 'not a number'],
  [{}, 'type must be one of auth, subscribe'],
  [{ type: 'Subscribe', id: 'a' }, 'type must be one of'],
  [{ type: '__proto__' }, 'type must be one of'],
  [{ type: ['ping'] }, 'type must be one of'],
  [{ type: 'subscribe' }, 'id'],
  [{ type: 'subscribe', id: '' }, '/id'],
  [{ type: 'subscribe', id: 'x'.repeat(65) }, '/id'],
  [{ type: 'subscribe', id: 'a', filters: {} }, '/filters is not a known field'],
  [{ type: 'subscribe', id: 'a', filter: { skill: 'x' } }, '/filter/skill is not a known field'],
  [{ type: 'subscribe', id: 'a', filter: { kind: 'skills' } }, '/filter/kind must be one of skill, command'],
  [{ type: 'subscribe', id: 'a', filter: { skill_name: [] } }, '/filter/skill_name'],
  [{ type: 'subscribe', id: 'a', filter: { skill_name: 'a\u0000' } }, '/filter/skill_name'],
  [{ type: 'subscribe', id: 'a', from: 'yesterday' }, '/from'],
  [{ type: 'subscribe', id: 'a', from: { epoch: 'e', offset: -1 } }, '/from'],
  ['{"type":"subscribe","id":"a","__proto__":{"from":"start"}}', '__proto__ is not a known field'],
  [{ type: 'subscribe_metrics', id: 'm', limit: 101 }, '/limit'],
  [{ type: 'subscribe_metrics', id: 'm', interval_ms: 1 }, '/interval_ms'],
  ['['.repeat(60_000), 'JSON object was expected'],
])('%j is refused, saying %s', (message, reason) => {
  const parsed = parseMessage(bytes(message))
  expect(parsed).toHaveProperty('reason', expect.stringContaining(reason))
})

test('a refusal carries the id of the message when it has a usable one', () => {
  expect(parseMessage(bytes({ type: 'nonsense', id: 'a' }))).toMatchObject({ id: 'a' })
  expect(parseMessage(bytes({ type: 'nonsense', id: 5 }))).not.toHaveProperty('id')
})

test('bytes that are not UTF-8 are refused', () => {
  expect(parseMessage(Buffer.from([0x7b, 0xff, 0x7d]))).toHaveProperty('reason')
})

test('every message is parsed or refused; none makes the parser throw', () => {
  const anything = fc.oneof(
    fc.uint8Array(),
    fc.json().map(bytes),
    fc
      .dictionary(fc.constantFrom('type', 'id', 'filter', 'from', 'kind', 'x'), fc.anything())
      .map((value) => {
        return bytes(JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? String(each) : each)))
      }),
  )
  fc.assert(
    fc.property(anything, (data) => {
      const parsed = parseMessage(data)
      return 'message' in parsed || parsed.reason.length > 0
    }),
  )
})
