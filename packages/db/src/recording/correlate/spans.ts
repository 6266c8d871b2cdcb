import type { SpanCascade, SpanId, StoredSpan } from '../storage.ts'
import type { SpanSet } from './span-set.ts'
import { inheritedThrough, invocationOfSpan, spanKey } from './span-tree.ts'

/** Most spans that one transaction looks at because something around them changed. */
export const CASCADE_MAX = 1_000

/** Calls whose spans are no longer the ones they were, and what is left for later transactions. */
export interface CorrelatedSpans {
  readonly invocationIds: ReadonlySet<string>
  /** The call that a call turned out to be a part of. */
  readonly movedTo: ReadonlyMap<string, string>
  readonly cascades: readonly SpanCascade[]
}

/**
 * Finds the calls of spans that changed, and of the spans inside them as far as these inherit something else
 * than before. Only these can belong to another call now, as a span depends on nothing but the spans around
 * it. A large trace whose outer span arrives last is corrected in bounded steps: what is left is returned as
 * cascades.
 */
export async function correlateSpans(
  spans: SpanSet,
  changed: readonly StoredSpan[],
  cascades: readonly SpanCascade[],
): Promise<CorrelatedSpans> {
  const walk = new SpanWalk(spans)
  await walk.visit(changed)
  for (const cascade of cascades) walk.enqueue(cascade)
  await walk.descend()
  return walk
}

class SpanWalk implements CorrelatedSpans {
  readonly invocationIds = new Set<string>()
  readonly movedTo = new Map<string, string>()
  cascades: SpanCascade[] = []
  readonly #spans: SpanSet
  readonly #visited = new Set<string>()
  #left = CASCADE_MAX

  constructor(spans: SpanSet) {
    this.#spans = spans
  }

  enqueue(cascade: SpanCascade): void {
    this.cascades.push(cascade)
  }

  /** Correlates some spans and enqueues those whose inner spans inherit something else now. */
  async visit(spans: readonly StoredSpan[]): Promise<void> {
    await this.#spans.loadAncestors(spans)
    for (const { trace_id, span_id } of spans) {
      this.#visited.add(spanKey({ trace_id, span_id }))
      if (this.#correlate(this.#spans.get({ trace_id, span_id })!)) {
        this.enqueue({ trace_id, span_id, after_span_id: '' })
      }
    }
  }

  async descend(): Promise<void> {
    for (let next = this.cascades.shift(); next !== undefined; next = this.cascades.shift()) {
      if (this.#left <= 0) {
        this.cascades.unshift(next)
        return
      }
      await this.#descendInto(next)
    }
  }

  async #descendInto({ trace_id, span_id, after_span_id }: SpanCascade): Promise<void> {
    await this.#spans.load([{ trace_id, span_id }])
    const span = this.#spans.get({ trace_id, span_id })
    if (span === undefined) return
    const inside = await this.#spans.inside(span, after_span_id, this.#left)
    if (inside.length >= this.#left) {
      this.enqueue({ trace_id, span_id, after_span_id: lastId(inside) })
    }
    this.#left -= inside.length
    await this.visit(inside.filter((each) => !this.#visited.has(spanKey(each))))
  }

  /** @returns whether spans inside it inherit something else than before */
  #correlate(span: StoredSpan): boolean {
    const invocation_id = invocationOfSpan(span, this.#spans.parentOf)
    const inherited = inheritedThrough(span, this.#spans.parentOf)
    if (invocation_id !== null) this.invocationIds.add(invocation_id)
    if (span.invocation_id !== null && span.invocation_id !== invocation_id) {
      this.invocationIds.add(span.invocation_id)
      if (invocation_id !== null) this.movedTo.set(span.invocation_id, invocation_id)
    }
    if (invocation_id !== span.invocation_id || inherited !== span.inherited) {
      this.#spans.change({ ...span, invocation_id, inherited })
    }
    return inherited !== span.inherited
  }
}

/** Spans inside one are read in the order of their ids. */
function lastId(spans: readonly SpanId[]): string {
  return spans.reduce((last, { span_id }) => (span_id > last ? span_id : last), '')
}
