import { ConfigError } from '@skillwatch/service'
import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'

test('without variables it listens on loopback, runs every hour and sends no key', () => {
  expect(readConfig({})).toMatchObject({
    ...{ host: '127.0.0.1', port: 8768, ingestUrl: 'http://127.0.0.1:8766', apiKeys: [] },
    ...{ everyMs: 3_600_000, timeZone: new Intl.DateTimeFormat('en').resolvedOptions().timeZone },
  })
})

test('its variables set the address of ingest, the keys, the interval and the time zone', () => {
  const env = {
    ANALYST_INGEST_URL: 'http://ingest:8766/',
    ANALYST_API_KEYS: 'sw_1_a, sw_2_b',
    ANALYST_EVERY_HOURS: '4',
    ANALYST_TIME_ZONE: 'Europe/Berlin',
  }
  expect(readConfig(env)).toMatchObject({
    ...{ ingestUrl: 'http://ingest:8766', apiKeys: ['sw_1_a', 'sw_2_b'] },
    ...{ everyMs: 4 * 3_600_000, timeZone: 'Europe/Berlin' },
  })
})

test.each([
  [{ ANALYST_TIME_ZONE: 'Mars/Base' }, /ANALYST_TIME_ZONE: no time zone is named Mars\/Base/],
  [{ ANALYST_EVERY_HOURS: '9' }, /ANALYST_EVERY_HOURS: expected a whole number from 1 to 8/],
  [{ ANALYST_INGEST_URL: 'ingest:8766' }, /ANALYST_INGEST_URL: expected a string/],
  [{ ANALYST_EVERY: '2' }, /ANALYST_EVERY: is not known; did you mean ANALYST_EVERY_HOURS/],
])('%j is refused', (env, message) => {
  expect(() => readConfig(env)).toThrow(ConfigError)
  expect(() => readConfig(env)).toThrow(message)
})
