import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { commonConfig, environmentSchema, parseEnvironment } from '../src/index.ts'

const schema = environmentSchema('INGEST', 8766, {
  INGEST_BODY_LIMIT_BYTES: Type.Integer({ default: 1024, minimum: 1, description: 'Largest body.' }),
  INGEST_TOKEN: Type.Optional(Type.Unsafe<string>({ type: 'string', minLength: 20, secret: true })),
})

function failure(env: NodeJS.ProcessEnv): string {
  try {
    parseEnvironment(schema, env)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the configuration was taken')
}

test('an empty environment gives the defaults', () => {
  expect(parseEnvironment(schema, {})).toEqual({
    INGEST_HOST: '127.0.0.1',
    INGEST_PORT: 8766,
    INGEST_BODY_LIMIT_BYTES: 1024,
    SKILLWATCH_DATABASE_URL: 'sqlite:./data/skillwatch.db',
    SKILLWATCH_ANONYMOUS_ACCESS: 'loopback',
    SKILLWATCH_ALLOWED_HOSTS: '',
    SKILLWATCH_ALLOWED_ORIGINS: '',
    SKILLWATCH_LOG_LEVEL: 'info',
    SKILLWATCH_STARTED_BY: '',
  })
})

test('variables are converted, empty ones count as absent, those of others are not looked at', () => {
  const config = parseEnvironment(schema, {
    INGEST_PORT: '0',
    INGEST_HOST: '',
    EXPORTER_PORT: 'x',
    HOME: '/root',
  })
  expect(config).toMatchObject({ INGEST_PORT: 0, INGEST_HOST: '127.0.0.1' })
  expect(config).not.toHaveProperty('HOME')
})

test('every wrong variable is named at once, with the expected and the received value', () => {
  const message = failure({
    INGEST_PORT: '65536',
    INGEST_BODY_LIMIT_BYTES: '8MB',
    SKILLWATCH_LOG_LEVEL: 'loud',
  })
  expect(message).toContain('INGEST_PORT: expected a whole number from 0 to 65535 (TCP port), got "65536"')
  expect(message).toContain(
    'INGEST_BODY_LIMIT_BYTES: expected a whole number from 1 (Largest body), got "8MB"',
  )
  expect(message).toContain(
    'SKILLWATCH_LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent, got "loud"',
  )
})

test('a misspelt variable is named with the one that was meant', () => {
  expect(failure({ INGEST_PROT: '1' })).toContain('INGEST_PROT: is not known; did you mean INGEST_PORT?')
  expect(failure({ INGEST_SOMETHING_ELSE: '1' })).toContain('known are INGEST_HOST, INGEST_PORT')
})

test('a wrong secret is not shown', () => {
  const message = failure({ INGEST_TOKEN: 'hunter2' })
  expect(message).toContain(
    'INGEST_TOKEN: expected a string of at least 20 characters, got a secret that is not shown',
  )
  expect(message).not.toContain('hunter2')
})

test('settings that all services share have one form, and comma lists lose blanks and empty parts', () => {
  const environment = parseEnvironment(schema, {
    INGEST_PORT: '1',
    SKILLWATCH_ALLOWED_HOSTS: ' a, b ,,c',
    SKILLWATCH_ANONYMOUS_ACCESS: 'deny',
  })
  expect(commonConfig('INGEST', environment)).toEqual({
    host: '127.0.0.1',
    port: 1,
    databaseUrl: 'sqlite:./data/skillwatch.db',
    logLevel: 'info',
    startedBy: '',
    access: { mode: 'deny', allowedHosts: ['a', 'b', 'c'], allowedOrigins: [] },
  })
})
