import { expect, test } from 'vitest'
import * as ws from 'ws'
import { FrameReader } from '../src/fan-out-parts/frames.ts'

const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]

test('messages of every size of head come out whole, however the bytes are cut', () => {
  const payloads = SIZES.map((size, index) => Buffer.alloc(size, 97 + index))
  const bytes = Buffer.concat(payloads.flatMap((payload) => frame(payload)))
  for (const cut of [1, 2, 3, 7, 1_000, 65_536, bytes.length]) {
    const received: Buffer[] = []
    const reader = new FrameReader(({ opcode, payload }) => {
      expect(opcode).toBe(1)
      received.push(Buffer.from(payload))
    })
    for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut))
    expect(received.map((payload) => payload.length)).toEqual(SIZES)
    expect(received.every((payload, index) => payload.equals(payloads[index]!))).toBe(true)
  }
})

/** As ws itself makes the frames of a server. */
function frame(payload: Buffer): Buffer[] {
  const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true }
  // Public in ws, missing in its types.
  const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } }
  return Sender.frame(payload, options)
}
