import { expect, test } from 'vitest'
import { type HttpDouble, startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

const RECEIPT = {
  receipt_id: 'receipt-1',
  deleted_at: '2026-11-22T12:00:00.000Z',
  project: 'default',
  selection: { session_id: 's' },
  invocations: 2,
  uncorrelated_observations: 0,
  api_requests: 0,
  first_offset: 5,
  last_offset: 6,
  final_by: '2026-11-22T13:00:00.000Z',
}
const PENDING = { ...RECEIPT, status: 'pending' }
const FINAL = { ...RECEIPT, status: 'final', final_at: '2026-11-22T12:00:09.000Z' }

function remove({ url }: HttpDouble, ...args: string[]) {
  return runHere(['delete', '--session', 's', '--yes', '--url', url, ...args])
}

test('a pending receipt shows by when it is final, and how to wait for that', async () => {
  await using ingest = await startHttpDouble(() => ({ body: PENDING }))
  const { code, stdout, stderr } = await remove(ingest)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^status +pending, final by 2026-11-22T13:00:00\.000Z$/m)
  expect(stderr).toMatch(/--wait waits until the receipt is final/)
  expect(ingest.requests.map(({ method }) => method)).toEqual(['DELETE'])
})

test('--wait asks for the receipt until it is final, and prints the final one', async () => {
  const answers = [PENDING, PENDING, FINAL]
  await using ingest = await startHttpDouble((_, index) => ({ body: answers[index] }))
  const { code, stdout, stderr } = await remove(ingest, '--wait')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^status +final, since 2026-11-22T12:00:09\.000Z$/m)
  expect(stderr).toMatch(
    /^The rows are deleted\. Waiting .* at the latest at 2026-11-22T13:00:00\.000Z\.\n$/,
  )
  expect(ingest.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /v1/invocations?session_id=s',
    'GET /v1/deletions/receipt-1',
    'GET /v1/deletions/receipt-1',
  ])
})

test('--wait with --json prints the final receipt on one line', async () => {
  await using ingest = await startHttpDouble((_, index) => ({ body: index === 0 ? PENDING : FINAL }))
  expect((await remove(ingest, '--wait', '--json')).stdout).toBe(`${JSON.stringify(FINAL)}\n`)
})

test('--wait asks for nothing more when the receipt is final', async () => {
  await using ingest = await startHttpDouble(() => ({ body: FINAL }))
  const { code, stderr } = await remove(ingest, '--wait')
  expect({ code, stderr, requests: ingest.requests.length }).toEqual({ code: 0, stderr: '', requests: 1 })
})

test('when waiting fails the pending receipt is printed before the error', async () => {
  await using ingest = await startHttpDouble((_, index) =>
    index === 0 ? { body: PENDING } : { status: 404, body: { detail: 'no deletion receipt-1' } },
  )
  const { code, stdout, stderr } = await remove(ingest, '--wait', '--json')
  expect({ code, stdout }).toEqual({ code: 1, stdout: `${JSON.stringify(PENDING)}\n` })
  expect(stderr).toMatch(/error: ingest at \S+ answered 404: no deletion receipt-1\n$/)
})
