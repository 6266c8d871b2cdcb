const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const CHARACTERS = `${LETTERS}${LETTERS.toUpperCase()}0123456789`

/** Texts that are planted somewhere and looked for everywhere, each with the place where it was planted. */
export class Planted {
  readonly #places = new Map<string, string>()
  readonly #words = new Map<string, string>()

  /** A token of a shape that its maker documents; a secret wherever it stands. */
  token(place: string): string {
    return this.#secret(place, `ghp_${draw(CHARACTERS, 36)}`)
  }

  /** A sentence that may be stored where texts are, with three secrets that may not: by shape, by name and by randomness. */
  text(place: string): string {
    const words = draw(LETTERS, 14)
    this.#words.set(words, place)
    const password = this.#secret(place, draw(LETTERS, 14))
    const random = this.#secret(place, `${draw(LETTERS, 4)}7${draw(CHARACTERS, 30)}X`)
    return `about ${words} with ${this.token(place)}, password=${password} and ${random}`
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

function draw(characters: string, count: number): string {
  return Array.from({ length: count }, () => characters[Math.floor(Math.random() * characters.length)]).join('')
}
