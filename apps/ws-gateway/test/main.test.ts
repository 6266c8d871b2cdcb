import { fileURLToPath } from 'node:url'
import { createRecorder, migrateUp, openWriter } from '@skillwatch/db'
import { CLOSE_CODES } from '@skillwatch/schema'
import { fixedClock, freePort, NOW_MS, startProcess, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { parsed } from './support/gateway.ts'
import { closedWith, openStream, provenOffsets, receivedTo } from './support/stream-client.ts'

const bin = fileURLToPath(new URL('../bin.mjs', import.meta.url))

function start(path: string, port: number, ready: RegExp) {
  const env = { SKILLWATCH_DATABASE_URL: `sqlite:${path}`, WS_GATEWAY_PORT: String(port) }
  return startProcess({ args: [bin], env, ready })
}

test('a gateway waits for the database, outlives its writers, and ends with exit code 0', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/skillwatch.db`
  const port = await freePort()
  await using gateway = await start(path, port, /waiting for the database/)
  const record = async (count: number) => {
    using writer = openWriter(`sqlite:${path}`)
    migrateUp(writer, NOW_MS)
    await using recorder = createRecorder(writer, { queueItemsMax: 1_000, now: fixedClock })
    await recorder.record(
      1,
      Array.from({ length: count }, () => parsed({})),
    )
  }
  await record(3)
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok)
  using client = await openStream(`ws://127.0.0.1:${port}`)
  client.send({ type: 'subscribe', id: 'a', from: 'start' })
  await client.first('caught_up')
  await record(3)
  await record(3)
  await until(() => receivedTo(client.all('changes')) === 9)
  expect(provenOffsets(client.all('changes'), 0)).toHaveLength(9)
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.shutdown.code)
})

test('a wrong variable ends the start with a line that names it', async () => {
  const env = { WS_GATEWAY_CLIENTS_MAX: 'many' }
  await expect(startProcess({ args: [bin], env, ready: /never/ })).rejects.toThrow(
    /WS_GATEWAY_CLIENTS_MAX: expected/,
  )
})
