import { readConfig, serviceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const own = {
  WS_GATEWAY_POLL_MS: positive(
    5,
    'Milliseconds between two looks at the change log while somebody is subscribed.',
  ),
  WS_GATEWAY_CLIENTS_MAX: positive(1_000, 'WebSocket clients at the same time, of both protocols together.'),
  WS_GATEWAY_SUBSCRIPTIONS_MAX: positive(20, 'Subscriptions of one client at the same time.'),
  WS_GATEWAY_MESSAGE_LIMIT_BYTES: positive(
    65_536,
    'Largest message that a stream client may send; session-buddy clients may send 1 MiB.',
  ),
  WS_GATEWAY_MESSAGES_PER_SECOND_MAX: positive(
    20,
    'Messages a client may send per second in the long run; bursts of twice as many.',
  ),
  WS_GATEWAY_BUFFER_LIMIT_BYTES: positive(524_288, 'Bytes waiting for one client at which it is paused.'),
  WS_GATEWAY_SLOW_CLIENT_MS: positive(
    30_000,
    'Milliseconds a paused client may take without reading anything before it is closed.',
  ),
  WS_GATEWAY_PING_MS: positive(
    25_000,
    'Milliseconds between two pings; a client without a pong until the next one is closed.',
  ),
  WS_GATEWAY_AUTH_TIMEOUT_MS: positive(
    5_000,
    'Milliseconds a client has for its first message where one must carry its key.',
  ),
  WS_GATEWAY_KEY_RECHECK_MS: positive(
    30_000,
    'Milliseconds until a revoked key closes the connections it opened.',
  ),
  WS_GATEWAY_UPDATE_MS: positive(
    1_000,
    "Milliseconds between two metrics_update of session-buddy's protocol.",
  ),
  WS_GATEWAY_JWT_SECRET: Type.String({
    default: '',
    secret: true,
    description:
      "Secret of the HS256 tokens of session-buddy's protocol; empty switches its authentication off.",
  }),
}

/** The environment of this service, with defaults and descriptions. */
export const GatewayEnvironment = serviceConfig('WS_GATEWAY', 8765, own)

/** What the gateway is told at its start. */
export interface GatewayConfig {
  readonly pollMs: number
  readonly clientsMax: number
  readonly subscriptionsMax: number
  readonly messageLimitBytes: number
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

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readGatewayEnvironment(env: NodeJS.ProcessEnv): Static<typeof GatewayEnvironment> {
  return readConfig(GatewayEnvironment, env)
}

/** The gateway's own part of its environment. */
export function gatewayConfig(environment: Static<typeof GatewayEnvironment>): GatewayConfig {
  return {
    pollMs: environment.WS_GATEWAY_POLL_MS,
    clientsMax: environment.WS_GATEWAY_CLIENTS_MAX,
    subscriptionsMax: environment.WS_GATEWAY_SUBSCRIPTIONS_MAX,
    messageLimitBytes: environment.WS_GATEWAY_MESSAGE_LIMIT_BYTES,
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
