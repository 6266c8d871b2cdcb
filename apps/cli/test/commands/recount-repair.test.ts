import { expect, test } from 'vitest'
import { startHttpDouble } from '../http-double.ts'
import { runHere } from '../run-cli.ts'

function repair(url: string, ...args: string[]) {
  return runHere(['recount', '--repair', '--url', url, ...args], { SKILLWATCH_API_KEY: 'sw_a_b' })
}

test('a repair shows how many rows of each roll-up it has changed', async () => {
  const body = { repaired: [{ table: 'skill_metrics', rows_changed: 3 }], checked_rows: 1_534 }
  await using ingest = await startHttpDouble(() => ({ body }))
  expect(await repair(ingest.url)).toEqual({
    code: 0,
    signal: null,
    stdout: 'TABLE          ROWS CHANGED\nskill_metrics  3\n',
    stderr: 'Checked 1,534 rows. The stored sums are correct now.\n',
  })
  expect(ingest.requests).toMatchObject([
    { method: 'POST', path: '/v1/repairs', authorization: 'Bearer sw_a_b' },
  ])
})

test('a repair that changes nothing says so, and --json prints it for programs', async () => {
  await using ingest = await startHttpDouble(() => ({ body: { repaired: [], checked_rows: 7 } }))
  expect(await repair(ingest.url)).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Checked 7 rows. Every stored sum is correct.\n',
  })
  expect(JSON.parse((await repair(ingest.url, '--json')).stdout)).toEqual({ checked_rows: 7, repaired: [] })
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
