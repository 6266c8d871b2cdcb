import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Bytes that are hashed at each end. */
const END_BYTES = 1_024

/**
 * A hash of the first and the last kilobyte before an offset. When it changes, the file was replaced, and a
 * checkpoint of it is void. Unlike an inode number it accepts a copy of the file and detects a file that was
 * rewritten in place.
 */
export async function fingerprintOf(path: string, offset: number): Promise<string> {
  await using file = await open(path, 'r')
  const length = Math.min(END_BYTES, offset)
  const hash = createHash('sha256').update(String(offset))
  for (const position of [0, offset - length]) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
    hash.update(buffer.subarray(0, bytesRead))
  }
  return hash.digest('hex')
}
