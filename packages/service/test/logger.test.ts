import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from '../src/logger.ts'

const SECRET = `ghp_${'aBcD1234'.repeat(5)}`

function logged(fields: object): Record<string, unknown> {
  let line = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      line += chunk
      done()
    },
  })
  createLogger({ service: 'ingest', level: 'info' }, destination).info(fields, 'logged')
  return JSON.parse(line)
}

test.each([
  ['/v1/sessions/3f2a', '/v1/sessions/3f2a'],
  ['/v1/sessions/3f2a?user_id=ann', '/v1/sessions/3f2a'],
  [`/v1/sessions/${SECRET}`, '/v1/sessions/[redacted]'],
  [`/v1/sessions/${SECRET.replace('ghp_', 'ghp%5F')}`, '/v1/sessions/[redacted]'],
  ['/v1/sessions/%', '/v1/sessions/%'],
])('the request %s is logged with the path %s', (url, path) => {
  expect(logged({ req: { method: 'GET', url, id: '1' } })).toMatchObject({
    req: { id: '1', method: 'GET', path },
  })
})

test('what has the name of a secret is not logged', () => {
  expect(logged({ headers: { authorization: `Bearer ${SECRET}` }, api_key: SECRET })).toMatchObject({
    headers: { authorization: '[redacted]' },
    api_key: '[redacted]',
  })
})
