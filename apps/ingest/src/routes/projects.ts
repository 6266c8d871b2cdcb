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
  recorder: Pick<Recorder, 'changeProject'>
  metrics: IngestMetrics
}

const config = { scope: 'admin' } as const
const tags = ['privacy']
const Projects = Type.Object({ items: Type.Array(Project) })

/**
 * `/v1/projects`: what each project stores. An admin key of a project other than `default` lists and
 * changes its own project only.
 */
export function projectRoutes({ reader, recorder, metrics }: ProjectDeps) {
  return async (app: Service): Promise<void> => {
    app.get('/v1/projects', { config, schema: listSchema }, async ({ project }) => ({
      items: listProjects(reader)
        .filter(({ name }) => mayAdminister(project, name))
        .map(toProject),
    }))
    app.patch('/v1/projects/:name', { config, schema: changeSchema }, async ({ params, body, project }) => {
      if (!mayAdminister(project, params.name)) {
        throw new ProblemError('forbidden', `this key administers project ${project.name} only`)
      }
      const changed = await change(params.name, body)
      if (changed === undefined)
        throw new ProblemError('not-found', 'there is no such project; GET /v1/projects lists all projects')
      return toProject(changed)
    })
  }

  function change(projectName: string, asked: ChangeProject): Promise<ProjectSettings | undefined> {
    return recorder.changeProject(projectName, asked).catch((error: unknown) => {
      throw toRefusal(error, metrics)
    })
  }
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

const changeSchema = {
  tags,
  summary: 'Choose what a project stores from now on',
  description:
    'By default a project stores none: of prompts, arguments and results only the size and a keyed hash ' +
    'are stored. Secrets in stored texts are redacted first. Folder and branch of requests to models are ' +
    'stored unless `store_places` is false. Choosing less does not delete what is already stored.',
  params: Type.Object({ name: name('Name of the project.') }),
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
