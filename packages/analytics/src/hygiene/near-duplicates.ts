/** A text to compare: name and description of a skill. */
export interface NamedText {
  readonly skill_name: string
  readonly description: string | null
}

export interface SimilarPair {
  /** Indexes into the texts, the smaller one first. */
  readonly a: number
  readonly b: number
  readonly similarity: number
}

/** Characters of a shingle. */
const SHINGLE = 4
/** Chosen on the examples of `test/hygiene/near-duplicates.test.ts`, where it is measured. */
const SIMILARITY_MIN = 0.4
/** Texts of fewer shingles say too little to be compared. */
const SHINGLES_MIN = 10

/**
 * All pairs of texts whose sets of shingles (of 4 characters) have a Jaccard similarity of at least the
 * minimum (Broder, On the resemblance and containment of documents, 1997), the most similar first.
 * Candidates are the pairs that share one of their rarest shingles: two sets with a similarity of t or more
 * must share one of the first |x| - ceil(t |x|) + 1 in any common order (Bayardo, Ma and Srikant, Scaling up
 * all pairs similarity search, 2007). So nothing is missed, and few pairs are compared.
 */
export function nearDuplicates(
  texts: readonly NamedText[],
  similarityMin: number = SIMILARITY_MIN,
): SimilarPair[] {
  const sets = texts.map(shinglesOf)
  const frequency = new Map<string, number>()
  for (const set of sets) for (const each of set) frequency.set(each, (frequency.get(each) ?? 0) + 1)
  const index = new Map<string, number[]>()
  const pairs: SimilarPair[] = []
  for (const [b, set] of sets.entries()) {
    if (set.size < SHINGLES_MIN) continue
    const candidates = new Set<number>()
    for (const rare of prefixOf(set, frequency, similarityMin)) {
      const holders = index.get(rare) ?? []
      for (const a of holders) candidates.add(a)
      index.set(rare, [...holders, b])
    }
    for (const a of candidates) {
      const similarity = jaccard(sets[a]!, set)
      if (similarity >= similarityMin) pairs.push({ a, b, similarity })
    }
  }
  return pairs.sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b)
}

/** Size of the intersection by that of the union. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0
  for (const each of a) if (b.has(each)) common += 1
  return common / (a.size + b.size - common)
}

/** Shingles of the words in lower case. The plugin in a name is left out: it says who made the skill. */
export function shinglesOf({ skill_name, description }: NamedText): ReadonlySet<string> {
  const name = skill_name.slice(skill_name.indexOf(':') + 1)
  const words = `${name} ${description ?? ''}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const text = ` ${words.join(' ')} `
  const shingles = new Set<string>()
  for (let at = 0; at + SHINGLE <= text.length; at += 1) shingles.add(text.slice(at, at + SHINGLE))
  return shingles
}

function prefixOf(
  set: ReadonlySet<string>,
  frequency: ReadonlyMap<string, number>,
  similarityMin: number,
): string[] {
  const rarest = [...set].sort((x, y) => frequency.get(x)! - frequency.get(y)! || (x < y ? -1 : 1))
  return rarest.slice(0, set.size - Math.ceil(similarityMin * set.size) + 1)
}
