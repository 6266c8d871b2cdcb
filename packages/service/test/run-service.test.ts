import { fileURLToPath } from 'node:url'
import { runProgram, startProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'

const index = JSON.stringify(new URL('../src/index.ts', import.meta.url).href)

function program(body: string) {
  return [
    '--input-type=module',
    '-e',
    `import { ConfigError, runService, environmentSchema } from ${index}
    const environment = environmentSchema('INGEST', 8766, {})
    const description = { summary: 'Records.', environment }\n${body}`,
  ]
}

const waits = `await runService('ingest', description, async ({ signal }) => {
  const timer = setInterval(() => {}, 1000)
  console.log('ready')
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  CLOSE
})`

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets the service close and end with code 0',
  async (signal) => {
    await using running = await startProcess({
      args: program(waits.replace('CLOSE', 'clearInterval(timer)')),
      ready: /ready/,
    })
    running.kill(signal)
    expect(await running.exited).toEqual({ code: 0, signal: null })
  },
)

test('a service that does not close is ended by force', async () => {
  const stuck = waits.replace('CLOSE', 'await new Promise(() => {})')
  await using running = await startProcess({ args: program(stuck), ready: /ready/ })
  running.kill('SIGTERM')
  expect((await running.exited).code).toBe(1)
  expect(running.output()).toContain('ended by force')
})

test('a second signal ends it at once', async () => {
  const stuck = waits.replace('CLOSE', "console.log('closing'); await new Promise(() => {})")
  await using running = await startProcess({ args: program(stuck), ready: /ready/ })
  running.kill('SIGINT')
  await until(() => running.output().includes('closing'))
  running.kill('SIGINT')
  expect((await running.exited).code).toBe(1)
  expect(running.output()).not.toContain('ended by force')
})

test.each([
  ["throw new ConfigError('INGEST_PORT: expected a number')", 'ingest: INGEST_PORT: expected a number\n'],
  [
    "throw Object.assign(new Error('the file is not ours'), { hint: 'choose another' })",
    'ingest: the file is not ours\n',
  ],
  [
    "throw Object.assign(new Error('listen'), { code: 'EADDRINUSE', address: '127.0.0.1', port: 8766 })",
    'ingest: 127.0.0.1:8766 is in use; stop what listens there or choose another port\n',
  ],
])('%s is printed in one line, with exit code 1', async (statement, line) => {
  const args = program(`await runService('ingest', description, async () => { ${statement} })`)
  expect(await runProgram({ args })).toEqual({ code: 1, signal: null, stdout: '', stderr: line })
})

test('an older Node ends with a message that names the version needed', async () => {
  const guard = fileURLToPath(new URL('../require-node.mjs', import.meta.url))
  const preload = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})"
  const { code, stderr } = await runProgram({ args: ['--import', preload, guard] })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^Skillwatch needs Node 24 or newer/)
})
