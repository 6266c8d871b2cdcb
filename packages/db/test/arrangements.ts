import fc from 'fast-check'

/** Items, the same items twice in another order, and the size of the groups in which these are recorded. */
export function arrangementsOf<T>(
  items: fc.Arbitrary<T[]>,
): fc.Arbitrary<[straight: T[], mixed: T[], groupSize: number]> {
  return items.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
      fc.integer({ min: 1, max: 7 }),
    ),
  )
}
