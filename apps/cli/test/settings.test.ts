import { describe, expect, test } from 'vitest'
import { parseServiceUrl, REPOSITORY_ROOT, readSettings } from '../src/settings.ts'

describe('readSettings', () => {
  test('without an environment everything is where npm start puts it', () => {
    expect(readSettings({})).toMatchObject({
      ingestUrl: 'http://127.0.0.1:8766',
      gatewayUrl: 'http://127.0.0.1:8765',
      exporterUrl: 'http://127.0.0.1:9090',
      analystUrl: 'http://127.0.0.1:8768',
      apiKey: undefined,
      databaseUrl: `sqlite:${REPOSITORY_ROOT}/data/skillwatch.db`,
    })
  })

  test("addresses follow from the services' own hosts and ports", () => {
    const settings = readSettings({ INGEST_PORT: '9766', WS_GATEWAY_HOST: '0.0.0.0', EXPORTER_HOST: '::1' })
    expect(settings.ingestUrl).toBe('http://127.0.0.1:9766')
    expect(settings.gatewayUrl).toBe('http://127.0.0.1:8765')
    expect(settings.exporterUrl).toBe('http://[::1]:9090')
  })

  test('an address said outright wins, without the slash at its end', () => {
    const settings = readSettings({ SKILLWATCH_INGEST_URL: 'https://record.example/', INGEST_PORT: '9766' })
    expect(settings.ingestUrl).toBe('https://record.example')
    expect(settings.listeners.ingest.port).toBe(9766)
  })

  test('one variable names the server for all services, each at its port', () => {
    const { ingestUrl, gatewayUrl, exporterUrl } = readSettings({
      SKILLWATCH_URL: 'http://192.168.1.7',
      SKILLWATCH_GATEWAY_URL: 'https://reads.example',
      EXPORTER_PORT: '9999',
    })
    expect([ingestUrl, gatewayUrl, exporterUrl]).toEqual([
      'http://192.168.1.7:8766',
      'https://reads.example',
      'http://192.168.1.7:9999',
    ])
    expect(() => readSettings({ SKILLWATCH_URL: 'x' })).toThrow('SKILLWATCH_URL must be an address')
  })

  test('an absolute SQLite path and another database stay as they are', () => {
    expect(readSettings({ SKILLWATCH_DATABASE_URL: 'sqlite:/tmp/x.db' }).databaseUrl).toBe(
      'sqlite:/tmp/x.db',
    )
    expect(readSettings({ SKILLWATCH_DATABASE_URL: 'postgres://h/d' }).databaseUrl).toBe('postgres://h/d')
  })

  test.each(['x', '0', '65536', '1.5', '-1'])('the port %s is refused by name', (INGEST_PORT) => {
    expect(() => readSettings({ INGEST_PORT })).toThrow(
      `INGEST_PORT must be a port from 1 to 65535; it is "${INGEST_PORT}"`,
    )
  })

  test('empty variables count as not set', () => {
    expect(readSettings({ INGEST_PORT: '', SKILLWATCH_API_KEY: '', SKILLWATCH_INGEST_URL: '' })).toEqual(
      readSettings({}),
    )
  })
})

test.each(['127.0.0.1:8766', 'ftp://x', 'nonsense', ''])('%j is not the address of a service', (value) => {
  expect(() => parseServiceUrl(value, '--url', 8766)).toThrow(
    '--url must be an address such as http://127.0.0.1:8766',
  )
})

test.each([
  ['http://host', 'http://host:8766'],
  ['http://host/', 'http://host:8766'],
  ['http://host/base', 'http://host:8766/base'],
  ['http://user:secret@host', 'http://user:secret@host:8766'],
  ['http://[::1]', 'http://[::1]:8766'],
  ['HTTP://HOST', 'HTTP://HOST:8766'],
  ['http://host:80', 'http://host:80'],
  ['http://[::1]:9', 'http://[::1]:9'],
  ['http://user:secret@host:9/', 'http://user:secret@host:9'],
  ['https://host', 'https://host'],
])('the address %s of ingest means %s', (value, url) => {
  expect(parseServiceUrl(value, '--url', 8766)).toBe(url)
})
