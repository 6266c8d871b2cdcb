import { setTimeout as delay } from 'node:timers/promises'
import { chunks } from '../parts/chunks.ts'
import { createHttpLoad, toBody } from '../parts/http-load.ts'
import { createObservations } from '../parts/observations.ts'

/**
 * Sends observations to ingest from a process of its own, in batches of 100, and stops by itself: node
 * load.ts <url> <events> <events a second; 0: as fast as ingest takes them> <part of the ids, so that no two
 * loads share one>
 */
export interface LoadResult {
  readonly events: number
  readonly seconds: number
}

const BATCH = 100
const CONNECTIONS = 8

const [url = '', events = '', perSecond = '', part = ''] = process.argv.slice(2)
const source = createObservations((number) => `load-${part}-${String(number).padStart(24, '0')}`)
const bodies = chunks(source.take(Number(events), Date.now()), BATCH).map(toBody)
const started = waitForStart()
console.log('ready')
await started
using load = createHttpLoad(url, CONNECTIONS)
const startedAt = performance.now()
if (Number(perSecond) === 0) await load.postAll(bodies)
else await postPaced(Number(perSecond))
const result: LoadResult = { events: Number(events), seconds: (performance.now() - startedAt) / 1000 }
console.log(JSON.stringify(result))

function waitForStart(): Promise<void> {
  return new Promise((resolve) => {
    // A handler of a signal does not keep a process alive.
    const alive = setInterval(() => undefined, 1_000)
    process.once('SIGUSR2', () => {
      clearInterval(alive)
      resolve()
    })
  })
}

/** Each batch has its time, whatever the answers take; without a free connection it waits for one. */
async function postPaced(eventsPerSecond: number): Promise<void> {
  const everyMs = (BATCH / eventsPerSecond) * 1000
  const answers: Promise<void>[] = []
  for (const [index, body] of bodies.entries()) {
    const waitMs = startedAt + index * everyMs - performance.now()
    if (waitMs > 0) await delay(waitMs)
    answers.push(load.post(body))
  }
  await Promise.all(answers)
}
