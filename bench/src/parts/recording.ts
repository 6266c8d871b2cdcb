import type { Writer } from '@skillwatch/db'
import type BetterSqlite3 from 'better-sqlite3'

type Method = 'run' | 'get' | 'all'

/** One execution of a prepared statement, with the parameters it was given. */
export interface Call {
  readonly sql: string
  readonly pluck: boolean
  readonly method: Method
  readonly parameters: readonly unknown[]
}

/** A connection that works as ever and remembers what is run on it through prepared statements. */
export interface RecordingWriter {
  readonly writer: Writer
  /** What was run since the last time. */
  take(): Call[]
}

export function recordCalls(writer: Writer): RecordingWriter {
  let calls: Call[] = []
  const sqlite = new Proxy(writer.sqlite, {
    get(target, key) {
      if (key === 'prepare')
        return (sql: string) => wrap(target.prepare(sql), sql, (call) => calls.push(call))
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const take = () => {
    const taken = calls
    calls = []
    return taken
  }
  return { writer: { ...writer, sqlite }, take }
}

/** Runs the calls of one transaction again, on another database in the same state: nothing but better-sqlite3. */
export function createReplay(sqlite: BetterSqlite3.Database): (calls: readonly Call[]) => void {
  const statements = new Map<string, BetterSqlite3.Statement<unknown[]>>()
  const statementOf = ({ sql, pluck }: Call) => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = sqlite.prepare<unknown[]>(sql)
      if (pluck) statement.pluck()
      statements.set(sql, statement)
    }
    return statement
  }
  const transaction = sqlite.transaction((calls: readonly Call[]) => {
    for (const call of calls) statementOf(call)[call.method](...call.parameters)
  })
  return (calls) => transaction.immediate(calls)
}

function wrap(statement: BetterSqlite3.Statement, sql: string, remember: (call: Call) => void) {
  let pluck = false
  const recorded = (method: Method) => {
    return (...parameters: unknown[]) => {
      remember({ sql, pluck, method, parameters })
      return statement[method](...parameters)
    }
  }
  const wrapped = {
    run: recorded('run'),
    get: recorded('get'),
    all: recorded('all'),
    pluck() {
      pluck = true
      statement.pluck()
      return wrapped
    },
  }
  return wrapped
}
