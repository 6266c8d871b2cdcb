import type { InvocationRow } from '@skillwatch/schema'
import { emptyDeltas } from '../roll-ups/deltas.ts'
import { type WitnessRecord, withObservation } from './merge.ts'
import type { TextField } from './private-fields.ts'
import type { ChangeOp } from './row-store.ts'
import type { StoredSpan } from './span-tree.ts'

/** An invocation that the running transaction works on: as it was before, and what is known by now. */
export interface Working {
  readonly invocationId: string
  readonly rowId: number | undefined
  readonly before: InvocationRow | undefined
  states: readonly WitnessRecord[]
  readonly changedWitnesses: Set<string>
  /** A row that turned out to be part of this one, and whose live count this one takes over. */
  inherited?: InvocationRow | undefined
}

/** What the running transaction knows of one project. */
export interface ProjectWork {
  readonly projectId: number
  readonly storeText: ReadonlySet<TextField>
  readonly invocations: Map<string, Working>
  /** Spans that came. */
  readonly spans: Map<string, StoredSpan>
  /** Sessions whose activations must be given to calls anew, with those that state something new. */
  readonly sessions: Map<string, Set<string>>
  /** Rows that the running transaction has counted for Prometheus. */
  readonly countedNow: Set<number>
  readonly deltas: ReturnType<typeof emptyDeltas>
  readonly changes: { row_id: number; op: ChangeOp }[]
}

export function newWork(projectId: number, storeText: ReadonlySet<TextField>): ProjectWork {
  return {
    projectId,
    storeText,
    invocations: new Map(),
    spans: new Map(),
    sessions: new Map(),
    countedNow: new Set(),
    deltas: emptyDeltas(),
    changes: [],
  }
}

/** Has a session joined anew at the end of the transaction. */
export function toJoin({ sessions }: ProjectWork, sessionId: string): Set<string> {
  const changed = sessions.get(sessionId) ?? new Set()
  sessions.set(sessionId, changed)
  return changed
}

/** What spans state about a call follows from all that are known, so it takes the place of what they stated before. */
export function setSpanState(invocation: Working, state: WitnessRecord | undefined): void {
  const before = spanStateOf(invocation.states)
  if (before === undefined ? state === undefined : state !== undefined && statesTheSame(before, state))
    return
  const others = invocation.states.filter((each) => each !== before)
  invocation.states = state === undefined ? others : withObservation(others, state)
  invocation.changedWitnesses.add('otel_span')
}

export function spanStateOf(states: readonly WitnessRecord[]): WitnessRecord | undefined {
  return states.find(({ witness }) => witness === 'otel_span')
}

/** Whether enough is known for a row. Spans alone may not have told the name or the session yet. */
export function isCall({ states }: Pick<Working, 'states'>): boolean {
  return states.some(
    ({ witness, fields }) =>
      witness !== 'otel_span' || (fields.skill_name !== undefined && fields.session_id !== undefined),
  )
}

/**
 * Whether a sighting without an id may be part of a call: the activation of a skill that the agent calls or that a person types,
 * which is known as a command, and the end of a sub-agent.
 */
export function mayBeActivated(row: Pick<InvocationRow, 'kind'> | undefined): boolean {
  return row !== undefined && row.kind !== 'tool' && row.kind !== 'mcp'
}

export function statesTheSame(a: WitnessRecord, b: WitnessRecord): boolean {
  const names = Object.keys(b.fields) as (keyof WitnessRecord['fields'])[]
  return (
    names.length === Object.keys(a.fields).length &&
    names.every((name) => isSame(a.fields[name], b.fields[name]))
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
