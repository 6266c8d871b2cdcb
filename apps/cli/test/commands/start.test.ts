import { once } from 'node:events'
import { createServer } from 'node:net'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { runCli, startCli } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, record } from '../stack.ts'

const RUNNING = /Ctrl-C stops it/

/** The processes that a verbose start named, the newest of each service. */
function childPids(output: string): Map<string, number> {
  const starts = output.matchAll(/^(\S+) {2}runs as process (\d+)$/gm)
  return new Map([...starts].map(([, name, pid]) => [name!, Number(pid)]))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function isReady({ ports }: OwnEnvironment, name: keyof OwnEnvironment['ports']): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${ports[name]}/health/ready`)).ok
}

test('start prints the addresses and what to do next, and each address answers', async () => {
  using own = await ownEnvironment()
  await using started = await startCli(['start'], { env: own.env, ready: RUNNING })
  const output = started.output()
  expect(output).toContain(`record   http://127.0.0.1:${own.ports.ingest}`)
  expect(output).toContain(`stream   ws://127.0.0.1:${own.ports['ws-gateway']}`)
  expect(output).toContain(`metrics  http://127.0.0.1:${own.ports.exporter}/metrics`)
  expect(output).toContain(`health   http://127.0.0.1:${own.ports.analyst}`)
  expect(output).toContain('npx skillwatch import claude-code')
  expect(output).not.toContain('\u001b')
  for (const name of ['ingest', 'ws-gateway', 'exporter', 'analyst'] as const)
    expect(await isReady(own, name)).toBe(true)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops everything and leaves no child', async (signal) => {
  using own = await ownEnvironment()
  await using started = await startCli(['start', '--verbose'], { env: own.env, ready: RUNNING })
  const pids = [...childPids(started.output()).values()]
  expect(pids).toHaveLength(4)
  // Under npm, Ctrl-C arrives twice.
  started.kill(signal)
  started.kill(signal)
  expect(await started.exited).toEqual({ code: 0, signal: null })
  expect(pids.filter(isAlive)).toEqual([])
  expect(started.output()).toContain('Skillwatch has stopped.')
})

test('a child that hangs is stopped by force', async () => {
  using own = await ownEnvironment()
  await using started = await startCli(['start', '--verbose'], { env: own.env, ready: RUNNING })
  const pids = childPids(started.output())
  process.kill(pids.get('exporter')!, 'SIGSTOP')
  started.kill('SIGTERM')
  expect(await started.exited).toEqual({ code: 0, signal: null })
  expect([...pids.values()].filter(isAlive)).toEqual([])
})

test('when start itself is killed, its children end by themselves', async () => {
  using own = await ownEnvironment()
  await using started = await startCli(['start', '--verbose'], { env: own.env, ready: RUNNING })
  const pids = [...childPids(started.output()).values()]
  started.kill('SIGKILL')
  await until(() => !pids.some(isAlive), { timeoutMs: 30_000 })
})

test('a killed service is started again, the others go on, and what was recorded stays', async () => {
  using own = await ownEnvironment()
  await using started = await startCli(['start', '--verbose'], { env: own.env, ready: RUNNING })
  await record(own, { skill_name: 'pdf-fill', session_id: 's', outcome: 'completed' })
  const before = childPids(started.output())
  process.kill(before.get('ingest')!, 'SIGKILL')
  await until(() => /^ingest {2}is ready again$/m.test(started.output()), { timeoutMs: 30_000 })
  expect(started.output()).toContain(
    'ingest  it was ended by SIGKILL; starting it again in 250 ms. The other services keep running.',
  )
  const after = childPids(started.output())
  expect(after.get('ingest')).not.toBe(before.get('ingest'))
  expect(after.get('ws-gateway')).toBe(before.get('ws-gateway'))
  expect(after.get('exporter')).toBe(before.get('exporter'))
  await record(own, { skill_name: 'pdf-fill', session_id: 's', outcome: 'completed' })
  expect(await runCli(['recount'], own.env)).toMatchObject({ code: 0 })
})

test('a port that another program has is named, with the variable that chooses another one', async () => {
  using own = await ownEnvironment()
  const other = createServer((socket) => socket.destroy()).listen(own.ports['ws-gateway'], '127.0.0.1')
  await once(other, 'listening')
  try {
    const { code, stderr } = await runCli(['start'], own.env)
    expect(code).toBe(1)
    const port = own.ports['ws-gateway']
    expect(stderr).toContain('error: ports are in use, so nothing was started:\n')
    expect(stderr).toMatch(new RegExp(`^  ${port} \\(ws-gateway\\) +another program$`, 'm'))
    expect(stderr).toMatch(/^ {2}WS_GATEWAY_PORT=\d+ npm start$/m)
  } finally {
    other.close()
  }
})

test('a second start says what runs, on which database, and how to stop it', async () => {
  using own = await ownEnvironment()
  await using started = await startCli(['start', '--verbose'], { env: own.env, ready: RUNNING })
  const { code, stderr } = await runCli(['start'], own.env)
  expect(code).toBe(1)
  expect(stderr).toContain('error: Skillwatch runs already, so nothing was started:\n')
  for (const [name, port] of Object.entries(own.ports))
    expect(stderr).toMatch(new RegExp(`^  ${port} \\(${name}\\) +Skillwatch's ${name}, started by`, 'm'))
  expect(stderr).toContain('It uses the same database, so there is nothing to start.')
  const pid = Number(/^Stop it first: .* kill (\d+)$/m.exec(stderr)?.[1])
  process.kill(pid, 'SIGTERM')
  expect(await started.exited).toEqual({ code: 0, signal: null })
})

test('a start for another database names the one that runs, and starts beside it as it says', async () => {
  using own = await ownEnvironment()
  await using _started = await startCli(['start'], { env: own.env, ready: RUNNING })
  const other = own.env.SKILLWATCH_DATABASE_URL!.replace('test.db', 'other.db')
  const env = { ...own.env, SKILLWATCH_DATABASE_URL: other }
  const { stderr } = await runCli(['start'], env)
  expect(stderr).toContain(`It uses another database.\n  ${own.env.SKILLWATCH_DATABASE_URL!.slice(7)}\n`)
  const ports = [...stderr.matchAll(/(\w+_PORT)=(\d+)/g)].map(([, name, port]) => [name!, port!])
  expect(ports).toHaveLength(4)
  const beside = { ...env, ...Object.fromEntries(ports) }
  await using second = await startCli(['start'], { env: beside, ready: RUNNING })
  expect(second.output()).toContain(`Skillwatch runs on ${other}`)
})

test('a service that cannot start shows its own message, stops the others and exits with 1', async () => {
  using own = await ownEnvironment({ INGEST_BODY_LIMIT_BYTES: 'many' })
  const { code, stderr } = await runCli(['start', '--verbose'], own.env)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: ingest cannot start: .*INGEST_BODY_LIMIT_BYTES/ms)
  expect([...childPids(stderr).values()].filter(isAlive)).toEqual([])
})
