import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { REPOSITORY_ROOT } from '../../src/settings.ts'
import { ownEnvironment, record, startService } from '../stack.ts'

/** Beside this file, so that its imports find the packages. */
const RECIPE = join(import.meta.dirname, `reading-of-the-document.${process.pid}.ts`)

test("the recipe's program prints the calls that failed, of all pages", async () => {
  await using stack = new AsyncDisposableStack()
  const own = stack.use(await ownEnvironment())
  stack.use(await startService('ingest', own))
  stack.use(await startService('ws-gateway', own))
  const document = readFileSync(join(REPOSITORY_ROOT, 'docs/INTEGRATIONS.md'), 'utf8')
  writeFileSync(RECIPE, /<!-- the test of reading runs this -->\n```ts\n(.*?)```/s.exec(document)![1]!)
  stack.defer(() => rmSync(RECIPE))
  const failed = Array.from({ length: 150 }, (_, index) => ({
    session_id: `session-${index}`,
    skill_name: 'pytest-run',
    outcome: 'failed',
    error_type: 'exit_code_1',
  }))
  await record(own, ...failed, { session_id: 'other', skill_name: 'pytest-run', outcome: 'completed' })

  const { code, stdout } = await runProgram({
    args: [RECIPE],
    env: {
      SKILLWATCH_INGEST_URL: `http://127.0.0.1:${own.ports.ingest}`,
      SKILLWATCH_GATEWAY_URL: `http://127.0.0.1:${own.ports['ws-gateway']}`,
    },
  })
  const lines = failed.map(({ session_id }) => `${session_id} pytest-run exit_code_1`)
  expect([code, stdout.trimEnd().split('\n').sort()]).toEqual([0, lines.sort()])
})
