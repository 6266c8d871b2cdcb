import { expect, test } from 'vitest'
import { startHttpDouble } from '../http-double.ts'
import { CLI_BIN, runCli, runHere } from '../run-cli.ts'

test.each(['bash', 'zsh', 'fish'])('the script for %s calls this installation', async (shell) => {
  const { code, stdout, stderr } = await runHere(['completion', shell])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`(${process.execPath} ${CLI_BIN} completion ${shell} -- `)
  expect(stdout).not.toContain('{program}')
})

test('another shell is refused with those that are known', async () => {
  const { code, stdout, stderr } = await runHere(['completion', 'powershell'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.')
})

test('words after -- are completed, one candidate on each line with its description', async () => {
  expect(await runCli(['completion', 'bash', '--', 'tail', '--k'])).toEqual({
    code: 0,
    signal: null,
    stdout: '--kind\tonly this kind\n',
    stderr: '',
  })
  const commands = await runHere(['completion', 'zsh', '--', ''])
  expect(commands.stdout).toMatch(/^start\trun all services\noverview\t/)
  expect((await runHere(['completion', 'fish', '--', 'import', 'ndjson', ''])).stdout).toBe(':paths\n')
  expect((await runHere(['completion', 'bash', '--', 'run', '--', 'ls', '--', ''])).stdout).toBe(':paths\n')
})

test('names come from the server that the line names, else from that of the environment', async () => {
  const items = [{ skill_name: 'pdf-fill', kind: 'skill', invocation_count: 1 }]
  await using gateway = await startHttpDouble(() => ({ body: { items } }))
  const complete = (env: Record<string, string>, ...words: string[]) =>
    runHere(['completion', 'bash', '--', 'tail', ...words, '--skill', ''], env)
  const found = { code: 0, stdout: 'pdf-fill\tskill, calls: 1\n', stderr: '' }
  expect(await complete({ SKILLWATCH_URL: gateway.url })).toMatchObject(found)
  expect(await complete({}, '--url', gateway.url)).toMatchObject(found)
  const away = { SKILLWATCH_URL: 'http://127.0.0.1:1' }
  expect(await complete(away)).toMatchObject({ code: 0, stdout: '', stderr: '' })
})
