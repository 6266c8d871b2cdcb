import { parentPort, workerData } from 'node:worker_threads'
import { corrections } from '../recount.ts'
import { openReader } from '../sqlite/open.ts'
import { toWireError } from './messages.ts'
import type { RecountReply } from './repair-roll-ups.ts'

/** Counts the roll-ups of a database once, beside its writer. */

const { path, nowMs } = workerData as { path: string; nowMs: number }

function count(): RecountReply {
  try {
    using reader = openReader(`sqlite:${path}`)
    let rows = 0
    const all = corrections(reader, nowMs, {
      onProgress: (counted) => {
        rows = counted
      },
    })
    return { rows, corrections: all }
  } catch (error) {
    return { error: toWireError(error) }
  }
}

parentPort?.postMessage(count())
