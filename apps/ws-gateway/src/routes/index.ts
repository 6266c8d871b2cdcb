import { fastifyCompress } from '@fastify/compress'
import type { FastifyPluginAsync } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { baselineRoutes } from './baselines.ts'
import { coverageRoutes } from './coverage.ts'
import { dependencyRoutes } from './dependencies.ts'
import { experimentRoutes } from './experiments.ts'
import { findingRoutes } from './findings.ts'
import { hygieneRoutes } from './hygiene.ts'
import { invocationRoutes } from './invocations.ts'
import { overviewRoutes } from './overview.ts'
import { predictionRoutes } from './predictions.ts'
import { recommendationRoutes } from './recommendations.ts'
import { sessionRoutes } from './sessions.ts'
import { similarRoutes } from './similar.ts'
import { skillFileRoutes } from './skill-files.ts'
import { skillRoutes } from './skills.ts'
import { streamRoutes } from './stream.ts'
import { taxonomyRoutes } from './taxonomy.ts'
import { timeSeriesRoutes } from './time-series.ts'
import { timelineRoutes } from './timeline.ts'
import { turnRoutes } from './turns.ts'
import { usageRoutes } from './usage.ts'
import { useSummaryRoutes } from './use-summary.ts'
import { useRoutes } from './uses.ts'
import { workflowRoutes } from './workflow.ts'

/** The reads over HTTP. Each needs scope `read` and reads only the project of its key. */
export function readRoutes(deps: GatewayDeps): FastifyPluginAsync {
  return async (app) => {
    await app.register(fastifyCompress, { encodings: ['gzip', 'identity'], threshold: 1_024 })
    await app.register(overviewRoutes(deps))
    await app.register(skillRoutes(deps))
    await app.register(sessionRoutes(deps))
    await app.register(invocationRoutes(deps))
    await app.register(timeSeriesRoutes(deps))
    await app.register(usageRoutes(deps))
    await app.register(useRoutes(deps))
    await app.register(useSummaryRoutes(deps))
    await app.register(turnRoutes(deps))
    await app.register(findingRoutes(deps))
    await app.register(dependencyRoutes(deps))
    await app.register(baselineRoutes(deps))
    await app.register(similarRoutes(deps))
    await app.register(recommendationRoutes(deps))
    await app.register(experimentRoutes(deps))
    await app.register(predictionRoutes(deps))
    await app.register(workflowRoutes(deps))
    await app.register(skillFileRoutes(deps))
    await app.register(hygieneRoutes(deps))
    await app.register(taxonomyRoutes(deps))
    await app.register(timelineRoutes(deps))
    await app.register(streamRoutes(deps))
    await app.register(coverageRoutes(deps))
  }
}
