/** What a cache holds at most. */
export interface LruLimits {
  readonly bytesMax: number
  /** An entry older than this is as good as absent. */
  readonly ageMsMax: number
}

interface Entry<V> {
  readonly value: V
  readonly bytes: number
  readonly storedAtMs: number
}

/** A map bounded by bytes and age that forgets what was used longest ago. */
export class LruCache<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  readonly #limits: LruLimits
  #bytes = 0

  constructor(limits: LruLimits) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: K, nowMs: number): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (nowMs - entry.storedAtMs > this.#limits.ageMsMax) {
      this.#bytes -= entry.bytes
      return undefined
    }
    this.#entries.set(key, entry)
    return entry.value
  }

  /** A value larger than the whole cache is not kept. */
  set(key: K, value: V, bytes: number, nowMs: number): void {
    this.#forget(key)
    if (bytes > this.#limits.bytesMax) return
    this.#entries.set(key, { value, bytes, storedAtMs: nowMs })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.bytesMax) return
      this.#forget(oldest)
    }
  }

  #forget(key: K): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }
}
