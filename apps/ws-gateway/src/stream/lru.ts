/** Bounds of a cache. */
export interface LruLimits {
  readonly bytesMax: number
  /** An older entry counts as absent. */
  readonly ageMsMax: number
}

interface Entry<V> {
  readonly value: V
  readonly bytes: number
  readonly storedAtMs: number
}

/** A map bounded by bytes and age. It removes the least recently used entries first. */
export class LruCache<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  readonly #limits: LruLimits
  #bytes = 0
  // A thousand clients ask for the same entry one after the other: only the first one moves it to the end of
  // the map.
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
