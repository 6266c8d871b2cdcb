import {
  DEFAULT_PROJECT,
  listProjects,
  type ProjectSettings,
  type Reader,
  type Recorder,
} from '@skillwatch/db'
import { ChangeProject, formatInstant, name, Project } from '@skillwatch/schema'
import { type Project as Caller, ProblemError, problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'

export interface ProjectDeps {
  reader: Reader
  recorder: Pick<Recorder, 'changeProject' | 'ensureProject'>
  metrics: IngestMetrics
}

const config = { scope: 'admin' } as const
const tags = ['privacy']
const Projects = Type.Object({ items: Type.Array(Project) })

/**
 * `/v1/projects`: the projects and what each stores. An admin key of a project other than `default` lists,
 * makes and changes its own project only.
 */
export function projectRoutes({ reader, recorder, metrics }: ProjectDeps) {
  const refuse = (error: unknown): never => {
    throw toRefusal(error, metrics)
  }
  return async (app: Service): Promise<void> => {
    app.get('/v1/projects', { config, schema: listSchema }, async ({ project }) => ({
      items: listProjects(reader)
        .filter(({ name }) => mayAdminister(project, name))
        .map(toProject),
    }))
    app.put('/v1/projects/:name', { config, schema: ensureSchema }, async ({ params, project }) => {
      refuseOthers(project, params.name)
      return toProject(await recorder.ensureProject(params.name).catch(refuse))
    })
    app.patch('/v1/projects/:name', { config, schema: changeSchema }, async ({ params, body, project }) => {
      refuseOthers(project, params.name)
      const changed = await recorder.changeProject(params.name, body).catch(refuse)
      if (changed === undefined)
        throw new ProblemError('not-found', 'there is no such project; GET /v1/projects lists all projects')
      return toProject(changed)
    })
  }
}

/** @throws {ProblemError} when the caller may not administer the project */
function refuseOthers(caller: Caller, project: string): void {
  if (!mayAdminister(caller, project))
    throw new ProblemError('forbidden', `this key administers project ${caller.name} only`)
}

/** Whether a caller of one project may manage another one. */
export function mayAdminister(caller: Caller, project: string): boolean {
  return caller.name === DEFAULT_PROJECT || caller.name === project
}

function toProject({ name, store_text, store_places, created_at_ms }: ProjectSettings): Project {
  return { name, store_text, store_places, created_at: formatInstant(created_at_ms) }
}

const listSchema = {
  tags,
  summary: 'List the projects and what they store',
  response: { 200: Projects, ...problemResponses('unauthorized', 'forbidden') },
}

const projectName = Type.Object({ name: name('Name of the project.') })

const ensureSchema = {
  tags,
  summary: 'Make a project when it is missing',
  description:
    'A project that exists stays as it is. While a project never had a key it is open: callers that need no ' +
    'key reach it by its name in the header `Skillwatch-Project`.',
  params: projectName,
  response: {
    200: Project,
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'unavailable'),
  },
}

const changeSchema = {
  tags,
  summary: 'Choose what a project stores from now on',
  description:
    'By default a project stores none: of prompts, arguments and results only the size and a keyed hash ' +
    'are stored. Secrets in stored texts are redacted first. Folder and branch of requests to models are ' +
    'stored unless `store_places` is false. Choosing less does not delete what is already stored.',
  params: projectName,
  body: ChangeProject,
  response: {
    200: Project,
    ...problemResponses(
      'invalid-request',
      'unauthorized',
      'forbidden',
      'not-found',
      'unprocessable',
      'unavailable',
    ),
  },
}
