import type { RecordingTransaction, SpanId, StoredSpan } from '../storage.ts'
import { DEPTH_MAX, spanKey } from './span-tree.ts'

/**
 * The spans of one project that a transaction has looked at: each is read once, and written once if it
 * changed.
 */
export class SpanSet {
  readonly #trx: RecordingTransaction
  readonly #projectId: number
  readonly #known = new Map<string, StoredSpan | undefined>()
  readonly #changed = new Set<string>()

  constructor(trx: RecordingTransaction, projectId: number) {
    this.#trx = trx
    this.#projectId = projectId
  }

  async load(ids: readonly SpanId[]): Promise<void> {
    const missing = distinct(ids).filter((id) => !this.#known.has(spanKey(id)))
    if (missing.length === 0) return
    for (const id of missing) this.#known.set(spanKey(id), undefined)
    if (!this.#trx.hasSpans()) return
    this.#adopt(await this.#trx.spans(this.#projectId, missing))
  }

  /** Loads all spans around some, one generation after the other. */
  async loadAncestors(spans: readonly StoredSpan[]): Promise<void> {
    let generation = spans
    for (let depth = 0; depth < DEPTH_MAX && generation.length > 0; depth++) {
      const parents = distinct(generation.flatMap((span) => parentId(span) ?? []))
      const isNew = parents.map((id) => !this.#known.has(spanKey(id)))
      await this.load(parents)
      generation = parents.flatMap((id, index) => (isNew[index] ? (this.get(id) ?? []) : this.#rootOf(id)))
    }
  }

  get(id: SpanId): StoredSpan | undefined {
    return this.#known.get(spanKey(id))
  }

  readonly parentOf = (span: StoredSpan): StoredSpan | undefined => {
    const id = parentId(span)
    return id && this.get(id)
  }

  /** Puts a span in place of what is known of it; it is written at the end. */
  change(span: StoredSpan): void {
    this.#known.set(spanKey(span), span)
    this.#changed.add(spanKey(span))
  }

  get changed(): StoredSpan[] {
    return [...this.#changed].map((key) => this.#known.get(key)!)
  }

  async inside(span: StoredSpan, afterSpanId: string, limit: number): Promise<StoredSpan[]> {
    const stored = this.#adopt(await this.#trx.spansInside(this.#projectId, span, afterSpanId, limit))
    const added = this.changed.filter(
      (each) => each.trace_id === span.trace_id && each.parent_span_id === span.span_id,
    )
    return [...new Set([...stored, ...added])].filter((each) => each.parent_span_id === span.span_id)
  }

  async ofInvocations(invocationIds: readonly string[]): Promise<Map<string, StoredSpan[]>> {
    const ids = new Set(invocationIds)
    const stored = this.#trx.hasSpans()
      ? this.#adopt(await this.#trx.spansOfInvocations(this.#projectId, invocationIds))
      : []
    const all = new Set([...stored, ...this.changed])
    const found = [...all].filter(({ invocation_id }) => invocation_id !== null && ids.has(invocation_id))
    return Map.groupBy(found, ({ invocation_id }) => invocation_id!)
  }

  /** What is known already wins over what is stored: it may have changed. */
  #adopt(stored: readonly StoredSpan[]): StoredSpan[] {
    return stored.map((span) => {
      const known = this.#known.get(spanKey(span))
      if (known !== undefined) return known
      this.#known.set(spanKey(span), span)
      return span
    })
  }

  /**
   * Of a span that was known before, the outermost ancestor that is known: what is around that may not be.
   */
  #rootOf(id: SpanId): StoredSpan[] {
    const first = this.get(id)
    let root = first
    for (let depth = 0; root !== undefined && depth < DEPTH_MAX; depth++) {
      const parent = parentId(root)
      if (parent === undefined) return []
      if (!this.#known.has(spanKey(parent))) return [root]
      root = this.get(parent)
    }
    return []
  }
}

function distinct(ids: readonly SpanId[]): SpanId[] {
  return [...new Map(ids.map((id) => [spanKey(id), id])).values()]
}

function parentId({ trace_id, parent_span_id }: StoredSpan): SpanId | undefined {
  return parent_span_id === null ? undefined : { trace_id, span_id: parent_span_id }
}
