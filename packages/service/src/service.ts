import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Access, Project, RouteScope } from './access.ts'
import type { OpenApiOptions } from './openapi.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The project that the request may read and write; not set on routes with scope `none`. */
    project: Project
  }
  interface FastifyInstance {
    access: Access
  }
  interface FastifyContextConfig {
    scope?: RouteScope
  }
}

export type Service = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface ServiceOptions {
  /** Such as `ws-gateway`; names the metrics. */
  service: string
  logger: Logger
  registry: Registry
  /** Path of the database file. */
  databasePath: string
  /** What started the service, such as `docker compose`; empty or left out when that is not known. */
  startedBy?: string
  /** The address that will be listened on. */
  host: string
  bodyLimitBytes: number
  access: Omit<Access, 'host'>
  /** Reasons why the service cannot take work now; none means ready. */
  ready: () => string[]
  openapi: OpenApiOptions
  /** False when the service defines `/metrics` itself. */
  metricsRoute?: boolean
  /** False when the service defines `/` itself. */
  homeRoute?: boolean
}
