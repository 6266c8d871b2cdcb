import type { TextField } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { privateFields, privateId } from '../../src/recording/normalise/private-fields.ts'
import { REDACTED, redactNamed, redactShapes, redactText } from '../../src/recording/normalise/redact.ts'
import { redactLine } from '../../src/recording/normalise/redact-line.ts'

/** Invented, in the shapes that the makers of such keys document. */
const SECRETS = [
  `sk-ant-api03-${'aB3'.repeat(12)}`,
  `sk_live_${'4eC39HqLyjWDarjt'}`,
  `ghp_${'aBcD1234'.repeat(5)}`,
  `github_pat_${'11ABCDEFG0'.repeat(3)}`,
  `glpat-${'x1Y2z3W4'.repeat(3)}`,
  `xoxb-${'123456789012'}-${'abcDEF123'}`,
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  `AIza${'SyD3x4mpl3K3y0fS0m3th1ngL0ng00'}`,
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----',
]

test.each(SECRETS)('the secret %s is taken out of any text and any name', (secret) => {
  expect(redactText(`before ${secret} after`)).not.toContain(secret.slice(8))
  expect(redactShapes(`tool ${secret}`)).toBe(`tool ${REDACTED}`)
  expect(redactShapes(`mcp__${secret}`)).toBe(`mcp__${REDACTED}`)
})

test.each([
  ['password=hunter2', 'hunter2'],
  ['{"api_key": "abcd1234"}', 'abcd1234'],
  ['Authorization: Bearer abcdef', 'abcdef'],
  ['https://user:pass@example.org/x', 'user:pass'],
  ['export DB_PASSWORD=correct-horse', 'correct-horse'],
  ['xK9mQ2vL8nR4tY7wZ3bC6dF1gH5j', 'xK9mQ2vL8nR4tY7wZ3bC6dF1gH5j'],
])('in %s the secret is found by its name, its place or its randomness', (text, secret) => {
  expect(redactText(text)).not.toContain(secret)
})

test.each([
  'sk-learn-pipeline-training',
  '[E501] line too long',
  'quick.v2',
  'ef958aa1-0e93-49f0-bb71-150f63befcd1',
  'sha256:5dd45aaedf104491ea1ed3e2e1e00d273fbcbf8eb8c7256d2968e0aeb814439f',
  '/home/someone/projects/skillwatch/packages/db/src/recording/redact.ts',
  'TimeoutError: the operation was aborted due to timeout',
  'https://example.org/a/very/long/path/with/many/parts?and=a&query=string',
])('%s holds no secret and stays as it is', (text) => {
  expect(redactText(text)).toBe(text)
})

test('an attribute whose name says that it is a secret loses its value', () => {
  expect(redactNamed('openai.api_key', 'short')).toBe(REDACTED)
  expect(redactNamed('ci.branch', 'main')).toBe('main')
})

test('redacting a second time changes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom(...SECRETS), fc.base64String({ minLength: 30 })),
      (text) => {
        expect(redactText(redactText(text))).toBe(redactText(text))
      },
    ),
  )
})

test('an id that holds a secret becomes its keyed hash, another stays', () => {
  const hash = () => '0123'
  expect(privateId(SECRETS[0]!, hash)).toBe('redacted-0123')
  expect(privateId('toolu_01EaAN7bPNQrMTGoKhbEjVrx', hash)).toBe('toolu_01EaAN7bPNQrMTGoKhbEjVrx')
})

test('a text is stored only where the project stores it, and never with its secrets', () => {
  const observation = {
    invocation_id: 'a',
    witness: 'sdk' as const,
    fields: {},
    result: `key ${SECRETS[0]} end`,
  }
  const project = { hash: () => 'h', storeText: new Set<TextField>(), storePlaces: true }
  expect(privateFields(observation, project)).toEqual({
    result_bytes: expect.any(Number),
    result_hash: 'h',
  })
  const storing = { ...project, storeText: new Set<TextField>(['result']) }
  expect(privateFields(observation, storing).result).toBe(`key ${REDACTED} end`)
})

test('folder and branch are left out where the project does not store places', () => {
  const observation = {
    invocation_id: 'a',
    witness: 'sdk' as const,
    fields: { repository: 'secret-folder', branch: 'secret-branch', model: 'm' },
  }
  const project = { hash: () => 'h', storeText: new Set<TextField>(), storePlaces: false }
  expect(privateFields(observation, project)).toEqual({ model: 'm' })
})

test('a line that cannot be recorded keeps its ids and the types of its values, without its secrets', () => {
  const line = {
    invocation_id: 'toolu_01EaAN7bPNQrMTGoKhbEjVrx',
    session_id: SECRETS[2],
    execution_ms: 12,
    attributes: { password: 'hunter22', [SECRETS[4]!]: [`key ${SECRETS[0]}`, null, true] },
  }
  expect(JSON.parse(redactLine(JSON.stringify(line)))).toEqual({
    ...line,
    session_id: REDACTED,
    attributes: { password: REDACTED, [REDACTED]: [`key ${REDACTED}`, null, true] },
  })
  expect(redactLine(`{"password": "hunter22", "arguments": "${SECRETS[1]}`)).toBe(
    `{"password": "${REDACTED}", "arguments": "${REDACTED}`,
  )
})
