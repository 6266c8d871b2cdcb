import type { SessionSummary } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { resolveSession } from '../../src/sessions/resolve-session.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { aSession } from './some-session.ts'

/** A gateway that has these sessions. */
function gatewayOf(...ids: string[]): Promise<HttpDouble> {
  const sessions = ids.map((session_id) => aSession({ session_id }))
  return startHttpDouble(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    return pathname === '/v1/sessions'
      ? { body: page(sessions, searchParams) }
      : one(sessions, decodeURIComponent(pathname.replace('/v1/sessions/', '')))
  })
}

function page(sessions: readonly SessionSummary[], query: URLSearchParams) {
  const limit = Number(query.get('limit'))
  const items = sessions.filter(({ session_id }) => session_id.startsWith(query.get('prefix')!))
  return { items: items.slice(0, limit), next_cursor: items.length > limit ? 'next' : null }
}

function one(sessions: readonly SessionSummary[], id: string) {
  const session = sessions.find(({ session_id }) => session_id === id)
  return session ? { body: session } : { status: 404, body: { detail: 'not found' } }
}

function resolve({ url }: HttpDouble, text: string): Promise<string> {
  const gateway = { name: 'ws-gateway', url, port: 8765, apiKey: undefined, option: '--url' }
  return resolveSession(gateway, text, new AbortController().signal)
}

test('the beginning of one id alone means this session', async () => {
  await using gateway = await gatewayOf('3f2a9c11', '3f2b', '4')
  expect(await resolve(gateway, '3f2a')).toBe('3f2a9c11')
})

test('a whole id means this session, also when other ids begin with it', async () => {
  await using gateway = await gatewayOf('ci-1', 'ci-2', 'ci', 'a/b c')
  expect(await resolve(gateway, 'ci')).toBe('ci')
  expect(await resolve(gateway, 'a/b c')).toBe('a/b c')
})

test('when several ids begin with the text, the error lists the sessions', async () => {
  await using gateway = await gatewayOf('3f2a9c11', '3f2b\u001b[2J', '4')
  const error = await resolve(gateway, '3f2').catch((reason: Error) => reason)
  expect((error as Error).message.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>')).toBe(`\
2 session ids begin with "3f2":
  3f2a9c11  <time>  42 calls
  3f2b�[2J  <time>  42 calls
Give more of the id.`)
})

test('of more than ten sessions the error lists the ten latest active', async () => {
  await using gateway = await gatewayOf(...Array.from({ length: 12 }, (_, index) => `3f2-${index}`))
  await expect(resolve(gateway, '3f')).rejects.toThrow(
    /^more than 10 session ids begin with "3f"; the latest active:(\n {2}3f2-\d.*){10}\nGive more.*$/,
  )
})

test('when no id begins with the text, the error names the command that lists the sessions', async () => {
  await using gateway = await gatewayOf('3f2a9c11')
  await expect(resolve(gateway, 'f\u202e')).rejects.toThrow(
    'nothing is recorded of session "f�", and no id begins with it: `skillwatch sessions` lists the sessions.',
  )
})

test('an empty text is a wrong command line, and the gateway is not asked', async () => {
  await using gateway = await gatewayOf('3f2a9c11')
  await expect(resolve(gateway, '')).rejects.toMatchObject({ exitCode: 2 })
  expect(gateway.requests).toEqual([])
})

test('a refusal of the gateway is not taken for a missing session', async () => {
  await using gateway = await startHttpDouble(() => ({
    status: 403,
    body: { detail: 'the key lacks read' },
  }))
  await expect(resolve(gateway, '3f2a')).rejects.toThrow(/refuses: the key lacks read/)
})
