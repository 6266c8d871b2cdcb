import { Z95 } from '../distributions/continuous.ts'
import type { Share } from '../share.ts'

export type Interval = readonly [from: number, to: number]

/** The 95% interval of a share by Wilson (J. Am. Stat. Assoc. 22, 1927). `of` is above 0. */
export function wilsonInterval({ hits, of }: Share): Interval {
  const share = hits / of
  const centre = share + Z95 ** 2 / (2 * of)
  const half = Z95 * Math.sqrt((share * (1 - share)) / of + Z95 ** 2 / (4 * of ** 2))
  const scale = 1 + Z95 ** 2 / of
  // At the ends of the range rounding must not lead outside.
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)]
}

/**
 * The 95% interval of the difference of two shares, a minus b, from their Wilson intervals: method 10 of
 * Newcombe (Statistics in Medicine 17, 1998, 873-890).
 */
export function newcombeInterval(a: Share, b: Share): Interval {
  const [shareA, shareB] = [a.hits / a.of, b.hits / b.of]
  const [[lowA, highA], [lowB, highB]] = [wilsonInterval(a), wilsonInterval(b)]
  const difference = shareA - shareB
  return [
    difference - Math.hypot(shareA - lowA, highB - shareB),
    difference + Math.hypot(highA - shareA, shareB - lowB),
  ]
}
