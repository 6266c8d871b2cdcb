/** A priority queue: the least item first, equal ones in the order of their coming. */
export interface Heap<T> {
  readonly size: number
  peek(): T | undefined
  push(item: T): void
  pop(): T | undefined
}

interface Entry<T> {
  item: T
  order: number
}

export function createHeap<T>(rankOf: (item: T) => number): Heap<T> {
  const entries: Entry<T>[] = []
  let pushed = 0
  const isBefore = (a: Entry<T>, b: Entry<T>) => {
    const difference = rankOf(a.item) - rankOf(b.item)
    return difference < 0 || (difference === 0 && a.order < b.order)
  }
  function raise(entry: Entry<T>): void {
    let index = entries.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(entry, entries[parent]!)) break
      entries[index] = entries[parent]!
      index = parent
    }
    entries[index] = entry
  }
  function sink(entry: Entry<T>): void {
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child + 1 < entries.length && isBefore(entries[child + 1]!, entries[child]!)) child += 1
      if (child >= entries.length || !isBefore(entries[child]!, entry)) break
      entries[index] = entries[child]!
      index = child
    }
    entries[index] = entry
  }
  return {
    get size() {
      return entries.length
    },
    peek: () => entries[0]?.item,
    push: (item) => raise({ item, order: pushed++ }),
    pop() {
      const first = entries[0]
      const last = entries.pop()
      if (first !== last) sink(last!)
      return first?.item
    },
  }
}
