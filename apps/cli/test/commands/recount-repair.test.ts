import { expect, test } from 'vitest'
import { startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

function repair(url: string, ...args: string[]) {
  return runHere(['recount', '--repair', '--url', url, ...args], { SKILLWATCH_API_KEY: 'sw_a_b' })
}

test('a repair goes on from cursor to cursor until it is done, and adds up what each table changed', async () => {
  const steps = [
    {
      repaired: [{ table: 'skill_metrics', rows_changed: 2 }],
      checked_rows: 1_000,
      done: false,
      cursor: 'a',
    },
    {
      repaired: [{ table: 'session_metrics', rows_changed: 0 }],
      checked_rows: 500,
      done: false,
      cursor: 'b',
    },
    { repaired: [{ table: 'skill_metrics', rows_changed: 1 }], checked_rows: 34, done: true },
  ]
  await using ingest = await startHttpDouble((_, index) => ({ body: steps[index] }))
  expect(await repair(ingest.url)).toEqual({
    code: 0,
    signal: null,
    stdout: 'TABLE          ROWS CHANGED\nskill_metrics  3\n',
    stderr: 'Checked 1,534 rows. The stored sums are correct now.\n',
  })
  expect(ingest.requests).toEqual(
    [{}, { cursor: 'a' }, { cursor: 'b' }].map((body) => ({
      method: 'POST',
      path: '/v1/repairs',
      authorization: 'Bearer sw_a_b',
      body,
    })),
  )
})

test('a repair that changes nothing says so, and --json prints it for programs', async () => {
  await using ingest = await startHttpDouble(() => ({ body: { repaired: [], checked_rows: 7, done: true } }))
  expect(await repair(ingest.url)).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Checked 7 rows. Every stored sum is correct.\n',
  })
  expect(JSON.parse((await repair(ingest.url, '--json')).stdout)).toEqual({ checked_rows: 7, repaired: [] })
})

test('an error after the first step says that earlier steps are stored', async () => {
  await using ingest = await startHttpDouble((_, index) =>
    index === 0
      ? { body: { repaired: [], checked_rows: 7, done: false, cursor: 'a' } }
      : { status: 503, body: { title: 'The service cannot do this now', detail: 'the database is locked' } },
  )
  const { code, stdout, stderr } = await repair(ingest.url)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^Earlier steps are stored; .*\nerror: ingest at \S+ answered 503: the database is locked\n$/,
  )
})

test.each([
  ['no cursor', undefined],
  ['the cursor of the step before', 'same'],
])('a step that is not done and gives %s ends the repair with an error', async (_, cursor) => {
  await using ingest = await startHttpDouble(() => ({
    body: { repaired: [], checked_rows: 1, done: false, ...(cursor && { cursor }) },
  }))
  const { code, stderr } = await repair(ingest.url)
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('gave no new cursor') })
  expect(ingest.requests.length).toBe(cursor === undefined ? 1 : 2)
})

test('a key without scope admin is refused with the reason', async () => {
  await using ingest = await startHttpDouble(() => ({
    status: 403,
    body: { title: 'The API key does not allow this', detail: 'the API key does not have scope admin' },
  }))
  expect(await repair(ingest.url)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^error: ingest at \S+ refuses: the API key does not have scope admin\.\n$/,
    ),
  })
})
