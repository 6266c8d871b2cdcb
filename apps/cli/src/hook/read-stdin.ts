import { readSync } from 'node:fs'

/** Larger than any hook event. */
const BYTES_MAX = 32 * 1_048_576
const CHUNK_BYTES = 65_536

/**
 * All of standard input, without an event loop. @throws the system's error, such as for a closed descriptor
 */
export function readStdin(): string {
  const chunks: Buffer[] = []
  let bytes = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const read = readChunk(chunk)
    if (read === 0) return Buffer.concat(chunks).toString('utf8')
    bytes += read
    if (bytes > BYTES_MAX) throw new Error(`standard input has more than ${BYTES_MAX} bytes`)
    chunks.push(chunk.subarray(0, read))
  }
}

function readChunk(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      // The writer has made the pipe non-blocking and has not written yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
