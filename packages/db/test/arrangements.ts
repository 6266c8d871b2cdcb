import fc from 'fast-check'

/**
 * What is told, beside the same told twice in another order, and the size of the groups in which that comes.
 */
export function arrangementsOf<T>(
  told: fc.Arbitrary<T[]>,
): fc.Arbitrary<[straight: T[], mixed: T[], groupSize: number]> {
  return told.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
      fc.integer({ min: 1, max: 7 }),
    ),
  )
}
