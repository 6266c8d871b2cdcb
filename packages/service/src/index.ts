export { type Access, authenticate, type Project, type RouteScope, type StoredKey } from './access.ts'
export { isAllowedHost, isAllowedOrigin } from './addresses.ts'
export { problemOf } from './answer-with-problems.ts'
export { buildService } from './build-service.ts'
export {
  ConfigError,
  commonConfig,
  environmentSchema,
  parseEnvironment,
  type ServiceConfig,
} from './config.ts'
export { homeOf } from './home.ts'
export { createLogger } from './logger.ts'
export { problemResponses } from './openapi.ts'
export { PROBLEMS, ProblemError, type ProblemExtra, type ProblemItem, type ProblemKind } from './problems.ts'
export { runService, type ServiceContext } from './run-service.ts'
export type { Service, ServiceOptions } from './service.ts'
export type { ServiceDescription } from './usage.ts'
export { validatorCompiler } from './validation.ts'
export { VERSION } from './version.ts'
