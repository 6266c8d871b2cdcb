import type { DerivedTurn, DerivedUse } from './derived.ts'
import type { CallFacts, TurnFacts } from './facts.ts'
import type { TurnAt, TurnKey, TurnMark } from './marks.ts'

/** A turn as it is stored. */
export type StoredTurn = DerivedTurn & { readonly row_id: number }

/** A use with the turn that it belongs to. */
export type Use = DerivedUse & { readonly session_id: string; readonly prompt_id: string | null }
export type StoredUse = Use & { readonly row_id: number }

/** A mark as it waits. */
export interface PendingTurn {
  readonly row_id: number
  readonly project_id: number
  readonly mark: Exclude<TurnMark, TurnAt>
}

/** What deriving turns asks of a database, inside one transaction. It knows nothing of the engine. */
export interface TurnStorage {
  /** The oldest marks first. */
  pending(limit: number): Promise<PendingTurn[]>
  /** All turns of a session that are marked. */
  pendingOfSession(projectId: number, sessionId: string): Promise<PendingTurn[]>
  /** Forgets marks that were handled. */
  settle(pending: readonly PendingTurn[]): Promise<void>

  turnFacts(projectId: number, key: TurnKey): Promise<TurnFacts>
  /**
   * The calls without a prompt around one: all that are connected with it by named parents. Also those that
   * name it when it does not exist.
   */
  callTree(projectId: number, invocationId: string): Promise<CallFacts[]>
  storedTurn(projectId: number, key: TurnKey): Promise<StoredTurn | undefined>
  usesOfTurn(projectId: number, key: TurnKey): Promise<StoredUse[]>
  uses(projectId: number, useIds: readonly string[]): Promise<StoredUse[]>
  /** The turn before an instant of a session. */
  turnBefore(projectId: number, key: TurnKey, beganAtMs: number): Promise<TurnKey | undefined>

  /**
   * Runs what derives turns, and then writes what their plans add to roll-ups and to the change log: many
   * plans add to the same sums.
   */
  addingUp<T>(derive: () => Promise<T>): Promise<T>
  /** Writes the rows of a plan. Called inside of `addingUp`. */
  apply(projectId: number, plan: TurnPlan): Promise<void>
}

/** Everything that deriving some turns of one project writes. */
export interface TurnPlan {
  readonly turns: readonly {
    readonly key: TurnKey
    readonly before: StoredTurn | undefined
    readonly after: DerivedTurn | undefined
  }[]
  readonly uses: readonly { readonly before: StoredUse | undefined; readonly after: Use | undefined }[]
  /** Turns that depend on what changed. */
  readonly marks: readonly TurnMark[]
}
