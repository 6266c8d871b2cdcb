import { expect, test } from 'vitest'
import { isAllowedHost, isAllowedOrigin } from '../src/index.ts'

test.each(['localhost', 'LOCALHOST:8766', '127.0.0.1:8766', '[::1]:8766', 'skillwatch.lan:1', '10.0.0.5'])(
  'Host %s is answered',
  (header) => expect(isAllowedHost(header, '10.0.0.5', ['Skillwatch.lan'])).toBe(true),
)

test.each([
  undefined,
  '',
  'evil.example',
  '127.0.0.1.evil.example',
  'localhost@evil',
  '10.0.0.6',
  '[::2]',
  ':8766',
])('Host %j is not answered', (header) => expect(isAllowedHost(header, '10.0.0.5', [])).toBe(false))

test('where all addresses are listened on, literal addresses are answered and names are not', () => {
  expect(isAllowedHost('192.168.1.9:8766', '0.0.0.0', [])).toBe(true)
  expect(isAllowedHost('[fe80::1]:8766', '::', [])).toBe(true)
  expect(isAllowedHost('evil.example:8766', '0.0.0.0', [])).toBe(false)
})

test('a page may call when it is of the same host and port, or listed', () => {
  const allowed = ['https://dashboard.example']
  expect(isAllowedOrigin(undefined, 'localhost:8766', [])).toBe(true)
  expect(isAllowedOrigin('http://localhost:8766', 'localhost:8766', [])).toBe(true)
  expect(isAllowedOrigin('https://dashboard.example', 'localhost:8766', allowed)).toBe(true)
  for (const origin of [
    'http://localhost:3000',
    'https://evil.example',
    'null',
    '',
    'file://',
    'not an origin',
  ]) {
    expect(isAllowedOrigin(origin, 'localhost:8766', allowed), origin).toBe(false)
  }
})
