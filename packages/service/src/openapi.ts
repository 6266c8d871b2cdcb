import { fastifySwagger } from '@fastify/swagger'
import { fastifySwaggerUi } from '@fastify/swagger-ui'
import { ProblemDetails } from '@skillwatch/schema'
import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { docsPage } from './docs-page.ts'
import { withReferences } from './openapi-references.ts'
import { PROBLEMS, type ProblemKind } from './problems.ts'
import { VERSION } from './version.ts'

export interface OpenApiOptions {
  title: string
  description: string
  /** Schemas that the document defines once and refers to. */
  schemas?: Readonly<Record<string, TSchema>>
}

/** Serves the OpenAPI document of all routes added later at `/openapi.json`, and shows it at `/docs`. */
export async function describeRoutes(
  app: FastifyInstance,
  { title, description, schemas = {} }: OpenApiOptions,
): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version: VERSION, license: { name: 'MIT', identifier: 'MIT' } },
      components: {
        securitySchemes: {
          api_key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'An API key: `sw_<id>_<secret>`. It belongs to one project. A caller may name the project ' +
              'it expects in the header `Skillwatch-Project` (percent-encoded); with a key of another ' +
              'project it is answered 403. Where no key is needed, the header may name an open project: ' +
              'one that never had a key.',
          },
        },
      },
    },
    transformObject: (part) =>
      'openapiObject' in part
        ? withReferences(part.openapiObject, { ProblemDetails, ...schemas })
        : part.swaggerObject,
    transform: ({ schema, url, route }) => {
      const scope = route.config?.scope
      if (scope === undefined || scope === 'none') return { schema, url }
      const needs = `Needs an API key with scope \`${scope}\`, unless anonymous access is allowed.`
      return {
        schema: { ...schema, description: text(schema?.description, needs), security: [{ api_key: [] }] },
        url,
      }
    },
  })
  await app.register(fastifySwaggerUi, docsPage(title))
  app.get('/openapi.json', { schema: { hide: true }, config: { scope: 'none' } }, async () => app.swagger())
}

function text(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n\n')
}

/** The problems that a route may answer with, for the `response` of its schema. */
export function problemResponses(...kinds: ProblemKind[]) {
  const content = { 'application/problem+json': { schema: ProblemDetails } }
  return Object.fromEntries(
    kinds.map((kind) => [PROBLEMS[kind].status, { description: `${PROBLEMS[kind].title}.`, content }]),
  )
}
