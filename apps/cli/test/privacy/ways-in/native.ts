import { Observation, STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { machineNowMs } from '@skillwatch/testkit'
import type { Planted } from '../planted.ts'
import { type Json, post, type Source } from './source.ts'

const TEXTS = ['user_query', 'arguments', 'result']
/** May be stored, without the secrets in them. */
const NOTES = ['error_type', 'workflow_path']

/** An observation with something planted in every text field of the schema, also in those to come. */
export function plantedObservation(planted: Planted, way: string): Json {
  const fields = Object.entries(Observation.properties).map(([field, schema]) => {
    const place = `${way}: ${field}`
    const { type, enum: choices } = schema as { type?: string; enum?: unknown[] }
    if (TEXTS.includes(field)) return [field, planted.text(place)]
    if (NOTES.includes(field)) return [field, planted.note(place)]
    if (field === 'follow_up_actions') return [field, [planted.note(place), planted.token(place)]]
    if (type === 'array') return [field, [planted.token(place)]]
    if (field === 'attributes') return [field, plantedAttributes(planted, place)]
    return [field, type === 'string' && choices === undefined ? planted.token(place) : undefined]
  })
  const observation = Object.fromEntries(fields.filter(([, value]) => value !== undefined))
  return { ...observation, outcome: 'failed', invoked_at: machineNowMs(), ended_at: machineNowMs() }
}

/** Secrets by shape, by their name alone, in a note, and as the name of an attribute. */
function plantedAttributes(planted: Planted, place: string): Json {
  return {
    [planted.token(`${place} (key)`)]: planted.token(place),
    note: planted.note(place),
    'deploy.api_key': planted.plain(`${place}: api_key`),
    'http.request.header.authorization': `Bearer ${planted.plain(`${place}: authorization`)}`,
  }
}

/**
 * Items that are refused, and bodies that are none: their reasons and logs may not repeat what they hold.
 */
export async function sendNative(source: Source): Promise<void> {
  const { planted } = source
  await post(source, '/v1/invocations', [plantedObservation(planted, 'native')])
  const line = `${JSON.stringify(plantedObservation(planted, 'native line'))}\n`
  await post(source, '/v1/invocations', line, 'application/x-ndjson')
  const wrong = (field: string, value: unknown) => ({
    ...plantedObservation(planted, `refused ${field}`),
    [field]: value,
  })
  await post(source, '/v1/invocations', [
    wrong('kind', planted.token('wrong kind')),
    wrong('invoked_at', planted.token('wrong instant')),
    wrong(planted.token('unknown field'), planted.token('unknown value')),
    wrong('attributes', { nested: { secret: planted.token('nested') } }),
    wrong('attributes', { [planted.token('attribute that is a list')]: [planted.token('list')] }),
    planted.text('text for an item'),
  ])
  await post(source, '/v1/invocations', `{"user_query": "${planted.text('broken JSON')}"`)
  await post(
    source,
    '/v1/invocations',
    `{"arguments": "${planted.text('broken line')}"\n`,
    'application/x-ndjson',
  )
  // Where the parser stumbles it quotes what it found.
  for (const path of [
    '/v1/invocations',
    '/v1/hooks/claude-code',
    '/v1/logs',
    '/v1/traces',
    '/v1/keys',
    '/v1/findings',
  ]) {
    await post(source, path, planted.plain(`body of ${path}`))
    await post(source, path, `[${planted.plain(`list of ${path}`)}]`)
  }
  await post(source, '/v1/invocations', planted.plain('line'), 'application/x-ndjson')
  await post(source, '/v1/invocations', planted.text('wrong type'), 'text/plain')
  await post(source, '/v1/invocations', '[]', `text/${planted.token('type')}`)
  await post(source, '/v1/invocations', '[]', 'application/json', {
    authorization: `Bearer ${planted.token('key')}`,
  })
  await post(source, '/v1/invocations', '[]', 'application/json', { 'x-note': planted.token('header') })
  await post(source, `/v1/nowhere?q=${planted.token('query')}`, {})
}

/** What readers and deleters say, which is logged when it is refused. */
export async function askForPlanted({ own, planted }: Source): Promise<void> {
  const { ingest, 'ws-gateway': gateway } = own.ports
  const ask = async (port: number, path: string, method = 'GET') =>
    void (await (await fetch(`http://127.0.0.1:${port}${path}`, { method })).text())
  const query = (field: string) => `${field}=${encodeURIComponent(planted.token(`read by ${field}`))}`
  for (const field of ['session_id', 'skill_name', 'cursor', 'since', 'nonsense']) {
    await ask(gateway, `/v1/invocations?${query(field)}`)
    await ask(gateway, `/v1/coverage?${query(field)}`)
    await ask(ingest, `/v1/invocations?${query(field)}`, 'DELETE')
  }
  for (const path of ['sessions', 'invocations', 'skills/skill', 'nowhere']) {
    await ask(gateway, `/v1/${path}/${encodeURIComponent(planted.token(`path of ${path}`))}`)
  }
  await ask(ingest, `/v1/keys/${encodeURIComponent(planted.token('path of keys'))}`, 'DELETE')
  await ask(ingest, `/v1/invocations?${query('user_id')}`, 'DELETE')
  await ask(ingest, `/v1/invocations?${query('before')}`, 'DELETE')
  const socket = new WebSocket(`ws://127.0.0.1:${gateway}`, STREAM_SUBPROTOCOL)
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const id = planted.token('subscription: id')
  socket.send(
    JSON.stringify({ type: 'subscribe', id, filter: { skill_name: planted.token('filter') }, from: 'now' }),
  )
  socket.send(JSON.stringify({ type: planted.text('message: type') }))
  socket.send(planted.text('message'))
  socket.close()
  await new Promise((resolve) => socket.addEventListener('close', resolve))
}
