/** Mulberry32: the same numbers in every run, so that runs can be compared. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The shape of Claude Code's ids of tool calls; neighbours in time are not neighbours in an index. */
export function randomToolUseId(random: () => number): string {
  const letters = Array.from({ length: 22 }, () => LETTERS[Math.floor(random() * LETTERS.length)])
  return `toolu_01${letters.join('')}`
}

/** As long as a random one, but each is greater than the one before. */
export function orderedToolUseId(number: number): string {
  return `toolu_01${String(number).padStart(22, '0')}`
}
