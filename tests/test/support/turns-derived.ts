import { openReader } from '@skillwatch/db'
import { until } from '@skillwatch/testkit'

/** Resolves when no turn is left to be derived: from then on the log grows only with new observations. */
export async function turnsDerived(databaseUrl: string): Promise<void> {
  using reader = openReader(databaseUrl)
  const pending = reader.sqlite.prepare<[], number>('select count(*) from pending_turn').pluck()
  await until(() => pending.get() === 0, { timeoutMs: 60_000, what: 'all turns derived' })
}
