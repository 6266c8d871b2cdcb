/** What runs hand on, by project. The analyst only keeps it, within a bound for all projects together (R8). */
export class Memories {
  readonly #bytesMax: number
  readonly #byProject = new Map<number, Uint8Array>()

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return [...this.#byProject.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  get(projectId: number): Uint8Array | undefined {
    return this.#byProject.get(projectId)
  }

  /** @returns false when it does not fit: it is not kept, and the next run of the project reads all hours */
  set(projectId: number, memory: Uint8Array): boolean {
    this.#byProject.delete(projectId)
    if (this.bytes + memory.byteLength > this.#bytesMax) return false
    // A copy, as a part of a received message keeps the whole message.
    this.#byProject.set(projectId, new Uint8Array(memory))
    return true
  }

  forgetOthers(projectIds: readonly number[]): void {
    for (const known of this.#byProject.keys())
      if (!projectIds.includes(known)) this.#byProject.delete(known)
  }
}
