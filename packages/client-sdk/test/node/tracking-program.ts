// Tracks calls until it is killed, and prints the id of each call after the tick in which it was tracked.
import { createClient } from '../../src/node/index.ts'

const [url, folder, prefix] = process.argv.slice(2) as [string, string, string]
const client = createClient({
  url,
  sessionId: 'killed',
  spool: { folder },
  logger: { warn: () => undefined },
})

for (let index = 0; ; index += 1) {
  const call = client.track('spooled', { invocation_id: `${prefix}-${index}` })
  if (index % 3 > 0) call.complete()
  await new Promise((resolve) => setImmediate(resolve))
  // Written at once: a pipe is synchronous on Linux.
  process.stdout.write(`${prefix}-${index}\n`)
  if (index > 20_000) throw new Error('the test did not kill this program')
}
