import { openReader } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { ownEnvironment, startService } from '../stack.ts'

test('project shows and changes which texts are stored, and warns of what that means', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const list = async () => (await runHere(['project', 'list'], own.env)).stdout
  expect(await list()).toMatch(
    /^NAME +STORED TEXTS +FOLDERS AND BRANCHES +CREATED\ndefault +none +stored +20\S+\n$/,
  )

  const set = await runCli(['project', 'set', '--store-text', 'result,user_query'], own.env)
  expect({ code: set.code, stdout: set.stdout }).toEqual({ code: 0, stdout: '' })
  expect(set.stderr).toMatch(
    /^Project default stores from now on: user_query, result\.\nWARNING: .*cannot find all/s,
  )
  expect(await list()).toMatch(/^default +user_query,result /m)
  expect(JSON.parse((await runCli(['project', 'list', '--json'], own.env)).stdout)).toMatchObject([
    { name: 'default', store_text: ['user_query', 'result'] },
  ])

  const unset = await runHere(['project', 'set', '--store-text', 'none'], own.env)
  expect(unset.stderr).toMatch(
    /^Project default stores no texts .*remain until `skillwatch delete` deletes them/s,
  )
  expect(await list()).toMatch(/^default +none /m)

  const noPlaces = await runHere(['project', 'set', '--no-store-places'], own.env)
  expect(noPlaces.stderr).toMatch(/^Project default does not store folder and branch .* from now on\./)
  expect(await list()).toMatch(/^default +none +left out /m)

  expect(
    await runHere(['project', 'set', '--store-text', 'none', '--project', 'nowhere'], own.env),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no such project'),
  })
})

test('project create makes a project once, which commands then record into by its name', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const create = () => runHere(['project', 'create', 'web'], own.env)
  expect(await create()).toMatchObject({ code: 0, stderr: 'Project web exists.\n' })
  expect(await create()).toMatchObject({ code: 0 })
  const env = { ...own.env, SKILLWATCH_PROJECT: 'web' }
  const run = ['run', '--skill', 'hello', '--', process.execPath, '-e', '']
  expect(await runHere(run, env)).toMatchObject({ code: 0, stderr: '' })
  using reader = openReader(own.env.SKILLWATCH_DATABASE_URL!)
  const names = 'select name from skill_invocation join project using (project_id)'
  expect(reader.sqlite.prepare(names).pluck().all()).toEqual(['web'])
})

test.each(['all', 'none,result', '', 'user_query,'])('--store-text %j is refused', async (fields) => {
  const { code, stderr } = await runHere(['project', 'set', '--store-text', fields])
  expect(code).toBe(2)
  expect(stderr).toMatch(/is not one of user_query, arguments, result, nor none alone/)
})

test('without anything to change, project set says what can be changed', async () => {
  const { code, stderr } = await runHere(['project', 'set'])
  expect(code).toBe(2)
  expect(stderr).toContain('give --store-text, --store-places or --no-store-places')
})
