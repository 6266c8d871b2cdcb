/**
 * The k-th smallest of all differences y - x, without making them: the number of pairs below a bound is
 * counted in one pass over both sorted samples, and the bound is bisected until no number lies between
 * (Monahan, ACM Transactions on Mathematical Software 10, 1984, 265-270, describes faster variants).
 * @param x and `y` are ascending and not empty
 * @param k from 1 to the number of pairs
 */
export function pairDifference(x: Float64Array, y: Float64Array, k: number): number {
  let low = y[0]! - x[x.length - 1]!
  let high = y[y.length - 1]! - x[0]!
  if (countAtMost(x, y, low) >= k) return low
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (countAtMost(x, y, middle) >= k) high = middle
    else low = middle
  }
}

function countAtMost(x: Float64Array, y: Float64Array, bound: number): number {
  let count = 0
  let belowY = 0
  for (const each of x) {
    while (belowY < y.length && y[belowY]! - each <= bound) belowY += 1
    count += belowY
  }
  return count
}

/** The median of all differences y - x: the mean of the middle two when their number is even. */
export function medianPairDifference(x: Float64Array, y: Float64Array): number {
  const pairs = x.length * y.length
  const lower = pairDifference(x, y, Math.ceil(pairs / 2))
  return pairs % 2 === 1 ? lower : (lower + pairDifference(x, y, pairs / 2 + 1)) / 2
}
