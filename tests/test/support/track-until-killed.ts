// Tracks calls until it is killed. It prints each event after the tick in which track() or the end of a call
// returned, so the spool contains every event that it printed.
import { createClient } from '@skillwatch/client/node'
import { seededRandom } from './random.ts'

const [url, folder, seed] = process.argv.slice(2) as [string, string, string]
const random = seededRandom(Number(seed))
const client = createClient({
  url,
  sessionId: `session-${seed}`,
  spool: { folder },
  logger: { warn: () => undefined },
  batchDelayMs: 5,
  batchItemsMax: 40,
  timeoutMs: 400,
  backoff: { delayMs: 5, delayMsMax: 50 },
})
type Call = ReturnType<typeof client.track>
type Event = ['tracked' | 'completed' | 'failed' | 'rejected', Call]
const open: Call[] = []

function end(call: Call): Event {
  const outcome = random.pick(['completed', 'failed', 'rejected'] as const)
  if (outcome === 'completed') call.complete()
  else if (outcome === 'failed') call.fail(new RangeError('killed soon'))
  else call.reject()
  return [outcome, call]
}

for (let tick = 0; tick < 50_000; tick += 1) {
  const events: Event[] = []
  for (let count = random.pick([0, 1, 1, 5, 30]); count > 0; count -= 1) {
    const call = client.track(random.pick(['read', 'write', 'deploy']))
    events.push(['tracked', call])
    if (random.next() < 0.5) events.push(end(call))
    else if (random.next() < 0.8) open.push(call)
  }
  if (open.length > 20) events.push(...open.splice(0, 15).map(end))
  await new Promise((resolve) => setImmediate(resolve))
  process.stdout.write(events.map(([event, call]) => `${event} ${call.invocationId}\n`).join(''))
  await new Promise((resolve) => setTimeout(resolve, random.pick([0, 0, 1, 5])))
}
throw new Error('the test did not kill it')
