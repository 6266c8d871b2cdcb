import { readConfig, serviceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'

const positive = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const own = {
  WS_GATEWAY_POLL_MS: positive(
    5,
    'Milliseconds between two reads of the change log while there are subscriptions.',
  ),
  WS_GATEWAY_CLIENTS_MAX: positive(1_000, 'WebSocket clients at the same time, both protocols together.'),
  WS_GATEWAY_SUBSCRIPTIONS_MAX: positive(20, 'Subscriptions of one client at the same time.'),
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
    'Messages that a client may send per second on average; bursts may be twice as large.',
  ),
  WS_GATEWAY_BUFFER_LIMIT_BYTES: positive(524_288, 'Unread bytes of one client from which on it is paused.'),
  WS_GATEWAY_SLOW_CLIENT_MS: positive(
    30_000,
    'Milliseconds after which a paused client that reads nothing is closed.',
  ),
  WS_GATEWAY_PING_MS: positive(
    25_000,
    'Milliseconds between two pings; a client that has not answered by the next one is closed.',
  ),
  WS_GATEWAY_AUTH_TIMEOUT_MS: positive(
    5_000,
    'Milliseconds within which a client that needs a key must send it.',
  ),
  WS_GATEWAY_KEY_RECHECK_MS: positive(
    30_000,
    'Milliseconds within which the connections of a revoked key are closed.',
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

/** The configuration of the gateway. */
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

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readGatewayEnvironment(env: NodeJS.ProcessEnv): Static<typeof GatewayEnvironment> {
  return readConfig(GatewayEnvironment, env)
}

/** The variables that only the gateway has. */
export function gatewayConfig(environment: Static<typeof GatewayEnvironment>): GatewayConfig {
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
