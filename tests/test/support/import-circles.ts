/**
 * Groups of files that import each other in a circle: the strongly connected components with more than one
 * file, and files that import themselves (Tarjan 1972).
 */
export function importCircles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const search = new CircleSearch(imports)
  for (const file of imports.keys()) search.visit(file)
  return search.circles.map((circle) => circle.sort())
}

interface Visited {
  readonly index: number
  /** Smallest index of a file on the path that is reachable from here. */
  low: number
}

class CircleSearch {
  readonly circles: string[][] = []
  readonly #imports: ReadonlyMap<string, readonly string[]>
  readonly #visited = new Map<string, Visited>()
  readonly #path: string[] = []

  constructor(imports: ReadonlyMap<string, readonly string[]>) {
    this.#imports = imports
  }

  visit(file: string): Visited {
    const known = this.#visited.get(file)
    if (known) return known
    const visited = { index: this.#visited.size, low: this.#visited.size }
    this.#visited.set(file, visited)
    this.#path.push(file)
    for (const imported of this.#imports.get(file) ?? []) {
      const { low } = this.visit(imported)
      if (this.#path.includes(imported)) visited.low = Math.min(visited.low, low)
    }
    if (visited.low === visited.index) this.#close(file)
    return visited
  }

  /** Takes the component that begins with `file` off the path. */
  #close(file: string): void {
    const component = this.#path.splice(this.#path.indexOf(file))
    const importsItself = this.#imports.get(file)?.includes(file) ?? false
    if (component.length > 1 || importsItself) this.circles.push(component)
  }
}
