interface Entry<T> {
  readonly item: T
  readonly order: number
}

/** A priority queue: the least item first, equal ones in the order in which they were added. */
export class Heap<T> {
  readonly #rankOf: (item: T) => number
  readonly #entries: Entry<T>[] = []
  #pushed = 0

  constructor(rankOf: (item: T) => number) {
    this.#rankOf = rankOf
  }

  get size(): number {
    return this.#entries.length
  }

  peek(): T | undefined {
    return this.#entries[0]?.item
  }

  push(item: T): void {
    const entries = this.#entries
    const entry = { item, order: this.#pushed++ }
    let index = entries.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(entry, entries[parent]!)) break
      entries[index] = entries[parent]!
      index = parent
    }
    entries[index] = entry
  }

  pop(): T | undefined {
    const first = this.#entries[0]
    const last = this.#entries.pop()
    if (first !== last) this.#sink(last!)
    return first?.item
  }

  /** Puts an entry at the root and moves it down to its place. */
  #sink(entry: Entry<T>): void {
    const entries = this.#entries
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child + 1 < entries.length && this.#isBefore(entries[child + 1]!, entries[child]!)) child += 1
      if (child >= entries.length || !this.#isBefore(entries[child]!, entry)) break
      entries[index] = entries[child]!
      index = child
    }
    entries[index] = entry
  }

  #isBefore(a: Entry<T>, b: Entry<T>): boolean {
    const difference = this.#rankOf(a.item) - this.#rankOf(b.item)
    return difference < 0 || (difference === 0 && a.order < b.order)
  }
}
