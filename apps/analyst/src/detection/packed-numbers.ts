const BYTES_MIN = 64
const LOW_BITS = 0x7f
const MORE = 0x80
const BASE = 128

/**
 * Writes whole numbers from 0 to 2^53 - 1, small ones in few bytes: seven bits a byte, the low ones first, and
 * a high bit in each byte but the last (LEB128, DWARF 5, section 7.6).
 */
export class NumberWriter {
  #bytes = new Uint8Array(BYTES_MIN)
  #length = 0

  write(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    let rest = value
    while (rest >= BASE) {
      this.#bytes[this.#length++] = (rest % BASE) | MORE
      rest = Math.floor(rest / BASE)
    }
    this.#bytes[this.#length++] = rest
  }

  /** What was written, in memory of its own. */
  packed(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2)
    bytes.set(this.#bytes)
    this.#bytes = bytes
  }
}

/** Reads what `NumberWriter` has written. */
export class NumberReader {
  readonly #bytes: Uint8Array
  #place: number

  constructor(bytes: Uint8Array, place = 0) {
    this.#bytes = bytes
    this.#place = place
  }

  get place(): number {
    return this.#place
  }

  get isAtEnd(): boolean {
    return this.#place >= this.#bytes.length
  }

  read(): number {
    let value = 0
    for (let scale = 1; ; scale *= BASE) {
      const byte = this.#bytes[this.#place++]!
      value += (byte & LOW_BITS) * scale
      if (byte < MORE) return value
    }
  }

  skip(numbers: number): void {
    for (let left = numbers; left > 0; left -= 1) while (this.#bytes[this.#place++]! >= MORE);
  }
}
