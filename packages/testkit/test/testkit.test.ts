import { existsSync } from 'node:fs'
import { parseObservation } from '@skillwatch/schema'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import {
  anObservation,
  environmentWithMachineClock,
  freePort,
  NOW_MS,
  observationArbitrary,
  runProgram,
  startProcess,
  temporaryFolder,
  until,
} from '../src/index.ts'

afterEach(() => vi.unstubAllEnvs())

test('every generated observation is valid', () => {
  fc.assert(
    fc.property(observationArbitrary(), (observation) => {
      expect(parseObservation(observation, NOW_MS, () => 'made')).toHaveProperty('observation')
    }),
  )
})

test('the example observation is valid', () => {
  expect(parseObservation(anObservation(), NOW_MS, () => 'made')).toHaveProperty('observation')
})

test('a temporary folder is deleted at the end of its block', () => {
  let path: string
  {
    using folder = temporaryFolder()
    path = folder.path
    expect(existsSync(path)).toBe(true)
  }
  expect(existsSync(path)).toBe(false)
})

test('waiting for a condition that never holds fails with its last error as the cause', async () => {
  const failing = () => {
    throw new Error('not there')
  }
  await expect(until(failing, { timeoutMs: 30 })).rejects.toMatchObject({ cause: { message: 'not there' } })
})

test('a started process is ready, has its url and ends on request', async () => {
  const port = await freePort()
  const program = `
    const server = require('http').createServer()
    server.listen(${port}, '127.0.0.1', () => console.log('at http://127.0.0.1:${port}'))`
  await using running = await startProcess({ args: ['-e', program], ready: /at (http\S+)/ })
  expect(running.url).toBe(`http://127.0.0.1:${port}`)
  expect(await running.stop()).toEqual({ code: null, signal: 'SIGTERM' })
})

test('a process that ends before it is ready is reported with its output', async () => {
  const starting = startProcess({
    args: ['-e', 'console.error("no luck"); process.exit(3)'],
    ready: /never/,
  })
  await expect(starting).rejects.toThrow(/"code":3[\s\S]*no luck/)
})

test('a command that does not exist is reported', async () => {
  const starting = startProcess({ command: '/no/such/command', args: [], ready: /never/ })
  await expect(starting).rejects.toThrow(/ENOENT/)
})

test('a program inherits PATH, the clock and the time zone of the tests, and no other variable', async () => {
  vi.stubEnv('FAKETIME', '+400d')
  vi.stubEnv('TZ', 'Pacific/Auckland')
  vi.stubEnv('OTHER', 'x')
  const { stdout } = await runProgram({
    args: ['-p', "['FAKETIME', 'TZ', 'OTHER'].map((name) => process.env[name]).join()"],
  })
  expect(stdout).toBe('+400d,Pacific/Auckland,\n')
  expect(environmentWithMachineClock()).toMatchObject({ OTHER: 'x', PATH: process.env.PATH })
  expect(Object.keys(environmentWithMachineClock())).not.toEqual(expect.arrayContaining(['FAKETIME']))
})
