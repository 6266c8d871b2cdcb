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
  // A thousand clients ask for the same entry one after the other; it is moved to the end of the map once.
  #newest: Entry<V> | undefined

  constructor(limits: LruLimits) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: K, nowMs: number): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (nowMs - entry.storedAtMs > this.#limits.ageMsMax) {
      this.#forget(key)
      return undefined
    }
    if (entry !== this.#newest) this.#move(key, entry)
    return entry.value
  }

  /** A value larger than the whole cache is not kept. */
  set(key: K, value: V, bytes: number, nowMs: number): void {
    this.#forget(key)
    if (bytes > this.#limits.bytesMax) return
    this.#move(key, { value, bytes, storedAtMs: nowMs })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.bytesMax) return
      this.#forget(oldest)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
    this.#newest = undefined
  }

  #move(key: K, entry: Entry<V>): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#newest = entry
  }

  #forget(key: K): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
    if (entry === this.#newest) this.#newest = undefined
  }
}
