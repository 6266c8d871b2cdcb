import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Bytes compared at each end of what was read. */
const MARK_BYTES = 1_024

/**
 * Tells whether the bytes before an offset are still those that were read: a hash of their first and of their last
 * kilobyte. Better than an inode number: a copy goes on where the original stopped, a file rewritten in place does not.
 */
export async function markOf(path: string, offset: number): Promise<string> {
  await using file = await open(path, 'r')
  const length = Math.min(MARK_BYTES, offset)
  const hash = createHash('sha256').update(String(offset))
  for (const position of [0, offset - length]) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
    hash.update(buffer.subarray(0, bytesRead))
  }
  return hash.digest('hex')
}
