import { join } from 'node:path'
import { createClient } from '@skillwatch/client'
import type { Observation } from '@skillwatch/schema'
import { plantedObservation } from './native.ts'
import type { Source } from './source.ts'

/** Tracks calls as a program would, with a spool. @returns the warnings of the client */
export async function trackCalls({ own, planted, folder }: Source): Promise<string> {
  const token = (field: string) => planted.token(`client: ${field}`)
  const warnings: string[] = []
  const client = createClient({
    url: `http://127.0.0.1:${own.ports.ingest}`,
    sessionId: token('sessionId'),
    agent: token('agent'),
    defaults: {
      user_id: token('default user'),
      attributes: { note: planted.note('client: default attribute') },
    },
    logger: { warn: (...words: unknown[]) => warnings.push(words.map(String).join(' ')) },
    spool: { folder: join(folder, 'client-spool') },
  })
  const {
    invoked_at: _invoked,
    ended_at: _ended,
    outcome: _outcome,
    ...fields
  } = plantedObservation(planted, 'client')
  const { skill_name, witness: _witness, kind: _kind, ...said } = fields as Record<string, never>
  client.track(skill_name!, said).complete()
  client.track(token('failing skill')).fail(new TypeError(planted.text('client: error message')))
  class PlantedError extends Error {
    override readonly name = planted.token('client: error name')
  }
  const failing = client.wrap(token('wrapped skill'), () => {
    throw new PlantedError(planted.text('client: thrown message'))
  })
  try {
    failing()
  } catch (error) {
    if (!(error instanceof PlantedError)) throw error
  }
  client.record(plantedObservation(planted, 'client record') as Observation)
  await client.close()
  return warnings.join('\n')
}
