import { commonConfig, environmentSchema, parseEnvironment, type ServiceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const own = {
  WS_GATEWAY_POLL_MS: positive(
    5,
    'Milliseconds between two reads of the change log while any client is subscribed.',
  ),
  WS_GATEWAY_CLIENTS_MAX: positive(
    1_000,
    'Most WebSocket clients at the same time, both protocols together.',
  ),
  WS_GATEWAY_SUBSCRIPTIONS_MAX: positive(20, 'Most subscriptions of one client at the same time.'),
  WS_GATEWAY_MESSAGE_LIMIT_BYTES: positive(
    65_536,
    'Largest message that a stream client may send; session-buddy clients may send 1 MiB.',
  ),
  WS_GATEWAY_SENT_MESSAGE_LIMIT_BYTES: positive(
    524_288,
    'Largest message with changes that is sent to a client; a single larger change is sent alone.',
  ),
  WS_GATEWAY_MESSAGES_PER_SECOND_MAX: positive(
    20,
    'Messages a client may send per second on average. A burst may have twice as many.',
  ),
  WS_GATEWAY_BUFFER_LIMIT_BYTES: positive(
    524_288,
    'Unsent bytes of one client at which sending to it is paused.',
  ),
  WS_GATEWAY_SLOW_CLIENT_MS: positive(
    30_000,
    'Milliseconds after which a paused client that reads nothing is disconnected.',
  ),
  WS_GATEWAY_PING_MS: positive(
    25_000,
    'Milliseconds between two pings. A client that sends no pong before the next ping is disconnected.',
  ),
  WS_GATEWAY_AUTH_TIMEOUT_MS: positive(
    5_000,
    'Milliseconds a client has to send its key in its first message, where that is needed.',
  ),
  WS_GATEWAY_KEY_RECHECK_MS: positive(
    30_000,
    'Milliseconds after which a revoked key closes the connections it opened, at the latest.',
  ),
  WS_GATEWAY_UPDATE_MS: positive(
    1_000,
    "Milliseconds between two metrics_update of session-buddy's protocol.",
  ),
  WS_GATEWAY_PRICES_FILE: Type.String({
    default: '',
    description:
      'JSON file with the prices of models, in place of packages/schema/prices.json, which has its format.',
  }),
  WS_GATEWAY_JWT_SECRET: Type.String({
    default: '',
    secret: true,
    description:
      "Secret of the HS256 tokens of session-buddy's protocol. Empty: that protocol needs no token.",
  }),
}

/** The environment of this service, with defaults and descriptions. */
export const Environment = environmentSchema('WS_GATEWAY', 8765, own)

/** The gateway's own part of its configuration. */
export interface GatewayConfig {
  readonly pollMs: number
  readonly clientsMax: number
  readonly subscriptionsMax: number
  readonly messageLimitBytes: number
  readonly sentMessageLimitBytes: number
  readonly messagesPerSecondMax: number
  readonly bufferLimitBytes: number
  readonly slowClientMs: number
  readonly pingMs: number
  readonly authTimeoutMs: number
  readonly keyRecheckMs: number
  readonly updateMs: number
  /** Empty: session-buddy's clients need no token. */
  readonly jwtSecret: string
}

export interface Config extends ServiceConfig {
  /** Path of a price table in place of the shipped one; empty for the shipped one. */
  readonly pricesFile: string
  readonly gateway: GatewayConfig
}

/** @throws {ConfigError} naming every wrong or unknown variable */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = parseEnvironment(Environment, env)
  return {
    ...commonConfig('WS_GATEWAY', environment),
    pricesFile: environment.WS_GATEWAY_PRICES_FILE,
    gateway: gatewayConfig(environment),
  }
}

function gatewayConfig(environment: Static<typeof Environment>): GatewayConfig {
  return {
    pollMs: environment.WS_GATEWAY_POLL_MS,
    clientsMax: environment.WS_GATEWAY_CLIENTS_MAX,
    subscriptionsMax: environment.WS_GATEWAY_SUBSCRIPTIONS_MAX,
    messageLimitBytes: environment.WS_GATEWAY_MESSAGE_LIMIT_BYTES,
    sentMessageLimitBytes: environment.WS_GATEWAY_SENT_MESSAGE_LIMIT_BYTES,
    messagesPerSecondMax: environment.WS_GATEWAY_MESSAGES_PER_SECOND_MAX,
    bufferLimitBytes: environment.WS_GATEWAY_BUFFER_LIMIT_BYTES,
    slowClientMs: environment.WS_GATEWAY_SLOW_CLIENT_MS,
    pingMs: environment.WS_GATEWAY_PING_MS,
    authTimeoutMs: environment.WS_GATEWAY_AUTH_TIMEOUT_MS,
    keyRecheckMs: environment.WS_GATEWAY_KEY_RECHECK_MS,
    updateMs: environment.WS_GATEWAY_UPDATE_MS,
    jwtSecret: environment.WS_GATEWAY_JWT_SECRET,
  }
}
