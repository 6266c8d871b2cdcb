import type { Reader } from '@skillwatch/db'
import type { Pricing } from '@skillwatch/schema/prices'
import type { Access } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import type { GatewayConfig } from './config.ts'
import type { GatewayMetrics } from './metrics.ts'

/** What the gateway depends on. */
export interface GatewayDeps {
  readonly reader: Reader
  readonly config: GatewayConfig
  /** Who may read: `defaultProjectId` is for callers without a key, `host` is the address listened on. */
  readonly access: Access
  readonly metrics: GatewayMetrics
  readonly logger: FastifyBaseLogger
  /** What tokens cost, where no cost was reported. */
  readonly pricing: Pricing
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number
}
