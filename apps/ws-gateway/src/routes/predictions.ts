import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { kindsOf, type Reader } from '@skillwatch/db'
import { InstantInput, Kind, Prediction } from '@skillwatch/schema'
import { ProblemError } from '@skillwatch/service'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { type AskedCall, answerCall } from '../predictions/answer-call.ts'
import { instantParameter, nameParameter, orNotFound, parameters, wrongParameter } from './parameters.ts'

const HOUR_MS = 3_600_000

const schema = {
  tags: ['findings'],
  summary: 'The probability that a call completes',
  description:
    'For a call of a skill that begins now or later. The model of the last run answers where it was ' +
    'better than the base rate on later calls of other sessions, else the base rate: `verdict` says ' +
    'which, and `judgement` how the model did. `at` sets hour and weekday; everything else is as known ' +
    'now.',
  querystring: parameters({
    skill_name: nameParameter('Exact name.'),
    kind: Type.Optional(Type.Enum(Kind.enum, { description: 'Needed where several kinds have the name.' })),
    workflow_phase: Type.Optional(nameParameter('The phase of the call.')),
    session_id: Type.Optional(nameParameter('The session of the call; without it, a new one.')),
    at: Type.Optional(
      Type.Union([InstantInput], { description: 'When the call begins; now when it is absent.' }),
    ),
  }),
  response: { 200: Prediction, ...orNotFound },
}

/** `GET /v1/predictions`: the probability that a call completes, beside the base rate that it must beat. */
export function predictionRoutes({ reader, now }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/predictions', { config: { scope: 'read' }, schema }, async ({ project, query }) => {
      const { skill_name, workflow_phase = null, session_id = null } = query
      const nowMs = now()
      const atMs = instantParameter('at', query.at, nowMs) ?? nowMs
      if (atMs < nowMs - HOUR_MS)
        throw wrongParameter('at', 'is in the past: what was known then is not kept')
      const kind = query.kind ?? onlyKind(reader, project.project_id, skill_name)
      const asked: AskedCall = { kind, skill_name, workflow_phase, session_id, atMs, nowMs }
      const answer = await answerCall(reader, project.project_id, asked)
      if (answer === undefined) throw notRecorded(skill_name)
      return answer
    })
  }
}

function onlyKind(reader: Reader, projectId: number, skillName: string): Kind {
  const kinds = kindsOf(reader, projectId, skillName)
  if (kinds.length > 1)
    throw wrongParameter('kind', `is needed: ${kinds.join(' and ')} have the name ${skillName}`)
  if (kinds[0] === undefined) throw notRecorded(skillName)
  return kinds[0]
}

function notRecorded(skillName: string): ProblemError {
  return new ProblemError('not-found', `no call of ${skillName} is recorded`)
}
