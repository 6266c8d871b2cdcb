import type { Invocation } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { localTime } from '../../src/tail/line.ts'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'
import { aSession, aUsageReply, someUsage } from '../sessions/some-session.ts'
import { aCall } from '../show/a-call.ts'

const ID = aSession().session_id
const DETAIL = { ...aSession(), skills: [{ kind: 'tool', skill_name: 'Read', invocation_count: 5 }] }
const CALLS = [
  aCall('skill', 0, { kind: 'skill', skill_name: 'pdf-fill', execution_ms: 31_500 }),
  ...[1, 2, 3, 4].map((second) => aCall(`read-${second}`, second, { parent_invocation_id: 'skill' })),
]

/** A gateway with one session, whose calls are on pages of two; ids of `others` begin like its id. */
function gatewayOf(calls: readonly Invocation[], others: readonly string[] = []): Promise<HttpDouble> {
  const answers: Record<string, (query: URLSearchParams) => object> = {
    '/v1/sessions': (query) => {
      const ids = [ID, ...others].filter((id) => id.startsWith(query.get('prefix')!))
      return { items: ids.map((session_id) => aSession({ session_id })), next_cursor: null }
    },
    [`/v1/sessions/${ID}`]: () => DETAIL,
    [`/v1/sessions/${ID}/invocations`]: (query) => {
      const start = Number(query.get('cursor') ?? 0)
      const next = start + 2
      return { items: calls.slice(start, next), next_cursor: next < calls.length ? String(next) : null }
    },
    '/v1/usage': () => aUsageReply([]),
  }
  return startHttpDouble(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const body = answers[pathname]?.(searchParams)
    return body ? { body } : { status: 404, body: { detail: 'not found' } }
  })
}

function show({ url }: HttpDouble, ...args: string[]) {
  return runHere(['show', ...args, '--url', url])
}

function at(second: number, style: 'clock' | 'date' = 'clock'): string {
  return localTime(aCall('', second).invoked_at, style)
}

test('show prints a session in numbers and all pages of its calls as a tree', async () => {
  await using gateway = await gatewayOf(CALLS)
  expect(await show(gateway, '3f2a')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `\
Session    3f2a9c11-77aa-4c1e-9d3e-0123456789ab
Time       ${at(0, 'date')} to ${at(5_533, 'date')} (1 h 32 m)
Calls      … 1 running, ✔ 38 completed, ✘ 3 failed
Tokens     12.3K input, 4.56K output, 30K cache write, 1.2M cache read
Cost       ~$1.25, estimated from prices per token
Most used  tool Read ×5

${at(0)}  skill pdf-fill   ✔  31.5 s
${at(1)}  └─ tool Read ×4  ✔   1.2 s
`,
  })
  const usage = gateway.requests.map(({ path }) => path).filter((path) => path.startsWith('/v1/usage'))
  expect(usage).toEqual([`/v1/usage?by=session&since=2000-01-01T00%3A00%3A00Z&session=${ID}`])
})

test('--full shows each call', async () => {
  await using gateway = await gatewayOf(CALLS)
  const { stdout } = await show(gateway, ID, '--full')
  expect(stdout.match(/[├└]─ tool Read {4}✔ {2}300 ms$/gm)).toHaveLength(4)
})

test('--json prints the session, its usage and all its calls as one object', async () => {
  await using gateway = await gatewayOf(CALLS)
  const { stdout } = await show(gateway, ID, '--json')
  expect(JSON.parse(stdout)).toEqual({ session: DETAIL, usage: someUsage(), invocations: CALLS })
})

test('when several ids begin with the text, they are listed on stderr and the exit code is 1', async () => {
  await using gateway = await gatewayOf(CALLS, ['3f2a-other'])
  const { code, stdout, stderr } = await show(gateway, '3f2a')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^error: 2 session ids begin with "3f2a".*\n {2}3f2a9c11-.*\n {2}3f2a-other .*\nGive more.*\n$/,
  )
})

test('when no id begins with the text, the exit code is 1 and the error says so', async () => {
  await using gateway = await gatewayOf(CALLS)
  const { code, stdout, stderr } = await show(gateway, 'f00')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('nothing is recorded of session "f00"')
})

test('without a session the command line is wrong', async () => {
  expect(await runHere(['show'])).toMatchObject({ code: 2, stdout: '' })
})
