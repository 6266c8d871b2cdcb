import type { StreamExtent } from '@skillwatch/db'
import type { GatewayDeps } from '../deps.ts'
import type { ClientOptions } from './client.ts'
import type { MetricsFeed } from './metrics-feed.ts'
import type { Tail } from './tail.ts'
import type { RateLimit } from './token-bucket.ts'

/** What all connections share. */
export interface StreamServices extends GatewayDeps {
  readonly clientOptions: ClientOptions
  readonly messageRate: RateLimit
  readonly metricsFeed: MetricsFeed
  /** Monotonic milliseconds. */
  readonly clock: () => number
  logExtent(projectId: number): StreamExtent
  /** The one tail of a project. */
  tail(projectId: number): Tail
}
