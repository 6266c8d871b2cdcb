/** A share in percent. Only no call at all is 0%, and only all calls are 100%. */
export function percentText(share: number): string {
  if (share === 0 || share === 1) return `${100 * share}%`
  const percent = 100 * share
  if (percent < 0.1) return '<0.1%'
  return percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.min(99, Math.round(percent))}%`
}

/** How an amount changed: `4.0 times`, or in percent with a sign. */
export function ratioText(ratio: number): string {
  if (ratio >= 2) return `${ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio)} times`
  const percent = Math.round(100 * (ratio - 1))
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)}%`
}

/** A difference of two shares in percentage points, with a sign. */
export function pointsText(difference: number): string {
  const points = 100 * difference
  const size = Math.abs(points)
  return `${points < 0 ? '−' : '+'}${size < 9.95 ? size.toFixed(1) : Math.round(size)}`
}
