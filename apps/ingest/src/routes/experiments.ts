import {
  type ExperimentRecordResult,
  type ExperimentRefusal,
  findExperiment,
  getExperiment,
  type Reader,
  type Recorder,
} from '@skillwatch/db'
import {
  Assignment,
  AssignUser,
  CreateExperiment,
  Experiment,
  type ExperimentAnalysis,
  ExperimentDetail,
  formatInstant,
  name,
  parseExperiment,
} from '@skillwatch/schema'
import { ProblemError, problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'

export interface ExperimentDeps {
  reader: Reader
  recorder: Pick<Recorder, 'experiments'>
  metrics: IngestMetrics
  now: () => number
}

const config = { scope: 'experiments' } as const

/** `/v1/experiments`: creates experiments, assigns users and ends experiments; answers after the commit (R2). */
export function experimentRoutes({ reader, recorder, metrics, now }: ExperimentDeps) {
  const refuse = (error: unknown): never => {
    throw toRefusal(error, metrics)
  }
  const end = async (projectId: number, testName: string, status: 'concluded' | 'stopped') => {
    const refusal = await recorder.experiments.end(projectId, testName, status).catch(refuse)
    if (refusal !== undefined) throw toProblem(refusal)
  }
  return async (app: Service): Promise<void> => {
    app.post('/v1/experiments', { config, schema: createSchema }, async ({ body, project }, reply) => {
      const parsed = parseExperiment(body, now())
      if ('pointer' in parsed)
        throw new ProblemError('unprocessable', 'the experiment is not acceptable', { errors: [parsed] })
      const created = await recorder.experiments.create(project.project_id, parsed.experiment).catch(refuse)
      if ('refused' in created) throw toProblem(created)
      reply.code(created.result === 'accepted' ? 201 : 200)
      return findExperiment(reader, project.project_id, body.test_name)!
    })
    app.post(
      '/v1/experiments/:name/assignments',
      { config: { scope: 'ingest' }, schema: assignSchema },
      async ({ body, params, project }): Promise<Assignment> => {
        const record = { test_name: params.name, user_id: body.user_id }
        const [result] = await recorder.experiments.record(project.project_id, [record]).catch(refuse)
        return toAssignment(params.name, result!, metrics)
      },
    )
    app.post('/v1/experiments/:name/conclude', { config, schema: concludeSchema }, async (request) => {
      const { params, project } = request
      await end(project.project_id, params.name, 'concluded')
      const found = getExperiment(reader, project.project_id, params.name)!
      if (found.analysis !== null) return { ...found.experiment, analysis: found.analysis }
      const analysis = await analyse(found, formatInstant(now()))
      await recorder.experiments
        .saveAnalysis(project.project_id, params.name, JSON.stringify(analysis))
        .catch(refuse)
      return { ...found.experiment, analysis }
    })
    app.post('/v1/experiments/:name/stop', { config, schema: stopSchema }, async ({ params, project }) => {
      await end(project.project_id, params.name, 'stopped')
      return findExperiment(reader, project.project_id, params.name)!
    })
  }
}

/** Loads the statistics when they are first needed: at the start of ingest that would take time. */
async function analyse(
  found: Extract<ReturnType<typeof getExperiment>, { analysis: null }>,
  at: string,
): Promise<ExperimentAnalysis> {
  const { analyseExperiment } = await import('@skillwatch/analytics/experiments')
  return analyseExperiment(found, at)
}

function toAssignment(
  test_name: string,
  stored: ExperimentRecordResult,
  metrics: IngestMetrics,
): Assignment {
  metrics.countExperimentRecords('refused' in stored ? 'rejected' : stored.result, 1)
  if ('refused' in stored) throw toProblem(stored)
  const { result, group_name, strategy, assigned_at_ms } = stored
  const assigned_at = formatInstant(assigned_at_ms)
  return { test_name, group_name, strategy, assigned_at, is_new: result === 'accepted' }
}

function toProblem({ refused, reason }: ExperimentRefusal): ProblemError {
  return new ProblemError(refused, reason)
}

const tags = ['experiments']
const params = Type.Object({ name: name('Name of the experiment.') })
const managing = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'unavailable',
] as const
const problems = problemResponses(...managing)
const bodyProblems = problemResponses(
  ...managing,
  'content-too-large',
  'unsupported-media-type',
  'unprocessable',
)

const createSchema = {
  tags,
  summary: 'Create an experiment',
  description:
    'What is compared, how and how many users it takes are fixed before the first user is assigned, and ' +
    'cannot be changed later. The same experiment again changes nothing. Another one of its name is answered ' +
    'with 409, and so is one more than 1,000 of a project.',
  body: CreateExperiment,
  response: { 200: Experiment, 201: Experiment, ...bodyProblems },
}

const assignSchema = {
  tags,
  summary: 'Assign a user to a group',
  description:
    'The group follows from the name of the experiment and the user: SHA-256("name:user_id") mod 10,000 / ' +
    '10,000 is below `assignment_ratio` in the control group. The first assignment stays. An experiment that ' +
    'has ended, has not begun or has 100,000 users is answered with 409.',
  params,
  body: AssignUser,
  response: { 200: Assignment, ...bodyProblems },
}

const concludeSchema = {
  tags,
  summary: 'Conclude an experiment',
  description:
    'Takes no more users and outcomes, and stores what the experiment shows. Concluding it again returns the ' +
    'stored analysis. A stopped experiment is answered with 409.',
  params,
  response: { 200: ExperimentDetail, ...problems },
}

const stopSchema = {
  tags,
  summary: 'Stop an experiment without a conclusion',
  description: 'Takes no more users and outcomes. A concluded experiment is answered with 409.',
  params,
  response: { 200: Experiment, ...problems },
}
