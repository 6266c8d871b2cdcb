import {
  asStorageUnavailable,
  DatabaseError,
  type DatabaseErrorKind,
  StorageUnavailableError,
} from '../errors.ts'
import type { MigrationStep } from '../migrate.ts'

/** What the writer's thread is started with. */
export interface WriterThreadData {
  readonly databaseUrl: string
  readonly integrityCheck: 'auto' | 'quick' | 'full' | 'off'
  readonly nowMs: number
}

/** The first message of the writer's thread. */
export type Greeting =
  | { readonly path: string; readonly migrated: readonly Omit<MigrationStep, 'statements'>[] }
  | { readonly error: WireError }

/**
 * A command; its parameters are JSON, which is smaller and faster than a structured clone of many small
 * objects.
 */
export interface Request {
  readonly id: number
  readonly command: string
  readonly parameters: string
}

/** The answer to a command; its result is JSON. */
export type Reply =
  | { readonly id: number; readonly result: string | undefined }
  | { readonly id: number; readonly error: WireError }

/** An error as it crosses the boundary of threads, which keep neither classes nor codes. */
export interface WireError {
  readonly type: 'storage' | 'database' | 'type' | 'other'
  readonly message: string
  readonly stack?: string | undefined
  readonly code?: string | undefined
  readonly kind?: DatabaseErrorKind | undefined
  readonly hint?: string | undefined
}

export function toWireError(error: unknown): WireError {
  const unavailable = error instanceof StorageUnavailableError ? error : asStorageUnavailable(error)
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (unavailable !== undefined) return { type: 'storage', message, stack, code: unavailable.code }
  if (error instanceof DatabaseError) {
    const { kind, hint } = error
    return { type: 'database', message: message.slice(0, -hint.length - 2), stack, kind, hint }
  }
  return { type: error instanceof TypeError ? 'type' : 'other', message, stack }
}

export function fromWireError({ type, message, stack, code, kind, hint }: WireError): Error {
  const cause = Object.assign(new Error(message), { stack })
  if (type === 'storage') return new StorageUnavailableError(code!, cause)
  if (type === 'database') return new DatabaseError(kind!, message, hint!, cause)
  return type === 'type' ? new TypeError(message, { cause }) : new Error(message, { cause })
}
