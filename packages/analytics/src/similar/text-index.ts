import MiniSearch from 'minisearch'

/** What is known of a skill in words. */
export interface SkillText {
  readonly skill_name: string
  readonly description?: string | undefined
}

/** A skill by its place in the list, and how well it matches, 0-1. */
interface TextMatch {
  readonly number: number
  readonly score: number
}

/** Finds skills by their words. */
export interface TextIndex {
  /** Skills that match a text; the best one has the score 1. */
  search(text: string): TextMatch[]
  /** Skills that match the words of a skill, which itself has the score 1. */
  alike(number: number): TextMatch[]
}

interface Document extends SkillText {
  readonly id: number
}

/** Names say more than descriptions. */
const BOOST = { skill_name: 2 }
const FUZZY_LENGTH_MIN = 6

/**
 * An index of names and descriptions: BM25+ of MiniSearch (Lv & Zhai, CIKM 2011), in which rare words count
 * more. Names are split at signs and at capital letters; a plural is its singular.
 */
export function createTextIndex(skills: readonly SkillText[]): TextIndex {
  const index = new MiniSearch<Document>({
    fields: ['skill_name', 'description'],
    tokenize: wordsOf,
    processTerm: termOf,
    searchOptions: { boost: BOOST },
  })
  index.addAll(
    skills.map(({ skill_name, description }, id) => ({ id, skill_name, description: description ?? '' })),
  )
  return {
    search: (text) => {
      const found = index.search(text, {
        prefix: (term) => term.length >= 3,
        fuzzy: (term) => (term.length >= FUZZY_LENGTH_MIN ? 0.2 : false),
      })
      return found.map(({ id, score }) => ({ number: id as number, score: score / found[0]!.score }))
    },
    alike: (number) => {
      const { skill_name, description = '' } = skills[number]!
      const found = index.search(`${skill_name} ${description}`)
      const own = found.find(({ id }) => id === number)?.score
      if (own === undefined) return []
      return found.map(({ id, score }) => ({ number: id as number, score: Math.min(1, score / own) }))
    },
  }
}

/** `pdf-fillForm2` has the words pdf, fill, Form and 2. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{L})(\p{N})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    'a',
    'an',
    'and',
    'are',
    'as',
    'at',
    'by',
    'for',
    'from',
    'in',
    'is',
    'it',
    'of',
    'on',
    'or',
    'the',
    'this',
  ].concat(['to', 'use', 'when', 'with']),
)

function termOf(word: string): string | null {
  const term = word.toLowerCase()
  if (STOP_WORDS.has(term)) return null
  return term.length > 3 && term.endsWith('s') && !term.endsWith('ss') ? term.slice(0, -1) : term
}
