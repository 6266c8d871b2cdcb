const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const CAPITALS = LETTERS.toUpperCase()
const DIGITS = '0123456789'
const CHARACTERS = LETTERS + CAPITALS + DIGITS

/**
 * Forms that their makers document; each is a secret wherever it stands. The part in question is what
 * `secret` gives.
 */
const MAKERS: readonly (() => { written: string; secret?: string })[] = [
  () => ({ written: `ghp_${draw(CHARACTERS, 36)}` }),
  () => ({ written: `github_pat_${draw(CHARACTERS, 40)}` }),
  () => ({ written: `glpat-${draw(CHARACTERS, 20)}` }),
  () => ({ written: `npm_${draw(CHARACTERS, 36)}` }),
  () => ({ written: `xoxb-7${draw(DIGITS, 10)}-${draw(CHARACTERS, 24)}` }),
  () => ({ written: `sk-ant-api03-7${draw(CHARACTERS, 40)}` }),
  () => ({ written: `sk_live_7${draw(CHARACTERS, 24)}` }),
  () => ({ written: `AKIA${draw(CAPITALS, 16)}` }),
  () => ({ written: `AIza${draw(CHARACTERS, 35)}` }),
  () => ({ written: `sw_${draw('0123456789abcdef', 12)}_${draw(CHARACTERS, 32)}` }),
  () => ({ written: `eyJ${draw(CHARACTERS, 20)}.eyJ${draw(CHARACTERS, 20)}.${draw(CHARACTERS, 20)}` }),
  () => {
    const secret = `${draw(LETTERS, 8)}:${draw(CHARACTERS, 14)}`
    return { written: `https://${secret}@host.example/x`, secret }
  },
]

/** Texts that are planted somewhere and looked for everywhere, each with the place where it was planted. */
export class Planted {
  readonly #places = new Map<string, string>()
  readonly #words = new Map<string, string>()

  /** A token of a shape that its maker documents; a secret wherever it stands. */
  token(place: string): string {
    const { written, secret = written } = MAKERS[this.#places.size % MAKERS.length]!()
    this.#secret(place, secret)
    return written
  }

  /** A word that is a secret only because of the name it stands under. */
  plain(place: string): string {
    return this.#secret(place, draw(LETTERS, 16))
  }

  /** Something that may be stored, with three secrets that may not: by shape, by name and by randomness. */
  note(place: string): string {
    const password = this.#secret(place, draw(LETTERS, 14))
    const random = this.#secret(place, `${draw(LETTERS, 4)}7${drawDistinct(CHARACTERS, 30)}X`)
    return `with ${this.token(place)}, password=${password} and ${random}`
  }

  /** A sentence that may be stored only where texts are, with secrets that may be stored nowhere. */
  text(place: string): string {
    const words = draw(LETTERS, 14)
    this.#words.set(words, place)
    return `about ${words} ${this.note(place)}`
  }

  /** What may never be found. */
  get secrets(): string[] {
    return [...this.#places.keys()]
  }

  /** The words around secrets, which may be found only where texts are stored. */
  get words(): string[] {
    return [...this.#words.keys()]
  }

  /** Where the planted texts that another text holds came from, each place once. */
  foundIn(text: string, looked: readonly string[] = [...this.secrets, ...this.words]): string[] {
    const found = looked.filter((planted) => text.includes(planted))
    return [...new Set(found.map((planted) => this.place(planted)))]
  }

  place(planted: string): string {
    return this.#places.get(planted) ?? `${this.#words.get(planted)} (words)`
  }

  #secret(place: string, secret: string): string {
    this.#places.set(secret, place)
    return secret
  }
}

/**
 * Different characters. Of words in which chance repeats characters, one in 13,000 has too little entropy to
 * be found by randomness.
 */
function drawDistinct(characters: string, count: number): string {
  const left = [...characters]
  return Array.from({ length: count }, () => left.splice(Math.floor(Math.random() * left.length), 1)).join(
    '',
  )
}

function draw(characters: string, count: number): string {
  return Array.from({ length: count }, () => characters[Math.floor(Math.random() * characters.length)]).join(
    '',
  )
}
