import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { ownEnvironment, startService } from '../stack.ts'

test('a key is printed once, is listed without its secret, and is refused once revoked', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  await using _gateway = await startService('ws-gateway', own)

  const created = await runCli(['keys', 'create', '--name', 'laptop', '--scope', 'ingest,read'], own.env)
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sw_[^_\n]+_\S+\n$/) })
  expect(created.stderr).toContain('with scopes ingest, read')
  const apiKey = created.stdout.trim()
  const [, id] = apiKey.split('_')

  const listed = await runCli(['keys', 'list'], own.env)
  expect(listed.stdout).toMatch(
    new RegExp(
      `^ID +NAME +PROJECT +SCOPES +CREATED +STATE\\n${id} +laptop +default +ingest,read +20\\S+ +valid\\n$`,
    ),
  )
  expect(JSON.parse((await runHere(['keys', 'list', '--json'], own.env)).stdout)).toMatchObject([
    { api_key_id: id },
  ])

  const withKey = { ...own.env, SKILLWATCH_API_KEY: apiKey }
  expect((await runHere(['doctor'], withKey)).stdout).toMatch(/^✔ api key +valid: ingest, read$/m)
  const forbidden = await runHere(['keys', 'list'], withKey)
  expect(forbidden).toMatchObject({ code: 1, stderr: expect.stringContaining('refuses') })

  expect(await runCli(['keys', 'revoke', id!], own.env)).toMatchObject({
    code: 0,
    stderr: `Key ${id} is revoked.\n`,
  })
  expect((await runHere(['keys', 'list'], own.env)).stdout).toMatch(/revoked 20/)
  expect(await runHere(['keys', 'list'], withKey)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not accept this API key'),
  })
  expect((await runHere(['doctor'], withKey)).stdout).toMatch(
    /^✘ api key +SKILLWATCH_API_KEY is not valid$/m,
  )
  expect(await runHere(['tail'], withKey)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Check that SKILLWATCH_API_KEY is right'),
  })

  expect(await runHere(['keys', 'revoke', 'nobody'], own.env)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no such key'),
  })
})

test('without ingest it ends with 1 and says how to start it', async () => {
  using own = await ownEnvironment()
  const { code, stderr } = await runCli(['keys', 'list'], own.env)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: ingest does not answer at .*: start it with `npm start`/),
  })
})
