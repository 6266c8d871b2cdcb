import {
  Attributes,
  AuthMessage,
  CaughtUpMessage,
  Change,
  ChangesMessage,
  CLOSE_CODES,
  DurationSummary,
  ErrorMessage,
  Finding,
  HelloMessage,
  Invocation,
  Kind,
  MetricsMessage,
  Outcome,
  PingMessage,
  PongMessage,
  SkillSummary,
  STREAM_SUBPROTOCOL,
  StreamFilter,
  StreamPosition,
  SubscribedMessage,
  SubscribeMessage,
  SubscribeMetricsMessage,
  Trigger,
  UnsubscribedMessage,
  UnsubscribeMessage,
  Witness,
} from '@skillwatch/schema'
import { VERSION } from '@skillwatch/service'
import { stringify } from 'yaml'

/** Any JSON value. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type Schemas = Readonly<Record<string, object>>

const FROM_CLIENT: Schemas = {
  auth: AuthMessage,
  subscribe: SubscribeMessage,
  subscribe_metrics: SubscribeMetricsMessage,
  unsubscribe: UnsubscribeMessage,
  ping: PingMessage,
}
const FROM_SERVER: Schemas = {
  hello: HelloMessage,
  subscribed: SubscribedMessage,
  changes: ChangesMessage,
  caught_up: CaughtUpMessage,
  metrics: MetricsMessage,
  unsubscribed: UnsubscribedMessage,
  error: ErrorMessage,
  pong: PongMessage,
}
/** The possible replies to each message of a client. */
const REPLIES: Readonly<Record<string, readonly string[]>> = {
  auth: ['hello'],
  subscribe: ['subscribed', 'error'],
  subscribe_metrics: ['metrics', 'error'],
  unsubscribe: ['unsubscribed', 'error'],
  ping: ['pong'],
}
/** Schemas that are described once and referenced elsewhere. */
const PARTS: Schemas = {
  Change,
  Invocation,
  Finding,
  StreamFilter,
  StreamPosition,
  SkillSummary,
  DurationSummary,
  Kind,
  Outcome,
  Trigger,
  Witness,
  Attributes,
}
const PART_NAMES = new Map(Object.entries(PARTS).map(([name, schema]) => [JSON.stringify(schema), name]))

/**
 * The AsyncAPI document of subprotocol `skillwatch.v1.json` as YAML, made from the schemas of
 * packages/schema.
 */
export function asyncApiDocument(): string {
  const messages = { ...FROM_CLIENT, ...FROM_SERVER }
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Skillwatch stream',
      version: VERSION,
      description:
        `Live changes and metrics over WebSocket, subprotocol ${STREAM_SUBPROTOCOL}. ` +
        'Read docs/WEBSOCKET.md first.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: '127.0.0.1:8765',
        protocol: 'ws',
        description:
          'apps/ws-gateway. Off loopback a key with scope read is needed, in the handshake or in `auth`.',
        security: [{ $ref: '#/components/securitySchemes/api_key' }],
      },
    },
    channels: { stream: streamChannel(Object.keys(messages)) },
    operations: { ...receiveOperations(), send: sendOperation() },
    components: {
      messages: Object.fromEntries(
        Object.entries(messages).map(([name, schema]) => [name, message(name, schema)]),
      ),
      schemas: Object.fromEntries(
        Object.entries(PARTS).map(([name, schema]) => [name, withReferences(schema, name)]),
      ),
      securitySchemes: {
        api_key: { type: 'http', scheme: 'bearer', description: 'An API key: `sw_<id>_<secret>`.' },
      },
    },
  }
  return stringify(document, { aliasDuplicateObjects: false })
}

function streamChannel(names: readonly string[]) {
  return {
    address: '/',
    description: 'One connection; any path is answered. Messages are JSON texts.',
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { ws: { method: 'GET', headers: handshakeHeaders(), bindingVersion: '0.1.0' } },
    'x-close-codes': Object.values(CLOSE_CODES).map(({ code, reason }) => ({
      code,
      reason,
      'come-back': code < 4500,
    })),
  }
}

function handshakeHeaders() {
  return {
    type: 'object',
    properties: {
      'Sec-WebSocket-Protocol': { type: 'string', const: STREAM_SUBPROTOCOL },
      Authorization: { type: 'string', description: 'Bearer and an API key, where one is needed.' },
    },
    required: ['Sec-WebSocket-Protocol'],
  }
}

/** AsyncAPI names actions from the side of the server: it receives what clients send. */
function receiveOperations() {
  return Object.fromEntries(
    Object.entries(FROM_CLIENT).map(([name, schema]) => [
      name,
      {
        action: 'receive',
        channel: { $ref: '#/channels/stream' },
        summary: describe(schema),
        messages: [channelMessage(name)],
        reply: { channel: { $ref: '#/channels/stream' }, messages: REPLIES[name]!.map(channelMessage) },
      },
    ]),
  )
}

function sendOperation() {
  return {
    action: 'send',
    channel: { $ref: '#/channels/stream' },
    summary: 'All that the server sends.',
    messages: Object.keys(FROM_SERVER).map(channelMessage),
  }
}

function channelMessage(name: string) {
  return { $ref: `#/channels/stream/messages/${name}` }
}

function message(name: string, schema: object) {
  return { name, summary: describe(schema), payload: withReferences(schema, name) }
}

function describe(schema: { description?: string }): string {
  return schema.description ?? ''
}

/**
 * A schema as plain JSON, its known parts replaced by references.
 * @param self the name of the schema, which is not replaced
 */
function withReferences(schema: object, self: string): Json {
  return refer(JSON.parse(JSON.stringify(schema)) as Json, self)
}

/** Replaces the outermost parts first, as a part may contain others. */
function refer(value: Json, self: string): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => refer(item, self))
  const name = PART_NAMES.get(JSON.stringify(value))
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, refer(part, self)]))
}
