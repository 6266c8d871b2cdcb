// Sends the observations that other programs left in a spool, tracks nothing itself, and prints the result.
import { createClient } from '@skillwatch/client/node'

const [url, folder] = process.argv.slice(2) as [string, string]
const client = createClient({ url, sessionId: 'replay', spool: { folder }, batchDelayMs: 5 })
const isDone = await client.flush({ timeoutMs: 60_000 })
await client.close()
process.stdout.write(JSON.stringify({ isDone, ...client.stats() }))
