import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { freePort, machineNowMs, startProcess, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { aSpan, traces } from './support.ts'

const bin = fileURLToPath(new URL('../../bin.mjs', import.meta.url))

function start(folder: string, env: Record<string, string>) {
  return startProcess({
    args: [bin],
    env: { SKILLWATCH_DATABASE_URL: `sqlite:${folder}/skillwatch.db`, INGEST_PORT: '0', ...env },
    ready: /listening at (http:[^"]+)/,
  })
}

async function send(url: string): Promise<number> {
  const startTimeUnixNano = `${machineNowMs()}000000`
  const body = JSON.stringify(traces([aSpan({ startTimeUnixNano, endTimeUnixNano: startTimeUnixNano })]))
  const reply = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await reply.arrayBuffer()
  return reply.status
}

test("OpenTelemetry's own port is served until the service closes", async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  await using ingest = await start(folder.path, { INGEST_OTLP_PORT: String(port) })
  await until(() => ingest.output().includes('listening for OpenTelemetry'))
  expect(await send(`http://127.0.0.1:${port}`)).toBe(200)
  expect(await send(ingest.url!)).toBe(200)
  expect(await (await fetch(`${ingest.url}/metrics`)).text()).toContain('skillwatch_otlp_port_listening 1')
  ingest.kill('SIGTERM')
  expect(await ingest.exited).toEqual({ code: 0, signal: null })
  await expect(send(`http://127.0.0.1:${port}`)).rejects.toThrow()
})

test('when another program uses that port, ingest logs it and accepts spans on its own port', async () => {
  using folder = temporaryFolder()
  await using other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await using ingest = await start(folder.path, { INGEST_OTLP_PORT: String(port) })
  await until(() => ingest.output().includes(`port ${port} is taken by another program`))
  expect(await send(ingest.url!)).toBe(200)
  expect(await (await fetch(`${ingest.url}/metrics`)).text()).toContain('skillwatch_otlp_port_listening 0')
})

test('0 switches the port off, and the port of the service itself may be the same', async () => {
  using folder = temporaryFolder()
  const port = String(await freePort())
  await using off = await start(`${folder.path}/a`, { INGEST_OTLP_PORT: '0' })
  expect(await send(off.url!)).toBe(200)
  await using same = await start(`${folder.path}/b`, { INGEST_OTLP_PORT: port, INGEST_PORT: port })
  expect(await send(same.url!)).toBe(200)
  expect(await (await fetch(`${same.url}/metrics`)).text()).toContain('skillwatch_otlp_port_listening 1')
  expect(off.output() + same.output()).not.toContain('OpenTelemetry')
})
