import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getWorkflow, type StoredWorkflow, snapshot } from '@skillwatch/db'
import { Workflow, type WorkflowBottleneck } from '@skillwatch/schema'
import { Type } from 'typebox'
import type { GatewayDeps } from '../deps.ts'
import { defaulted, nameParameter, parameters, problems } from './parameters.ts'

/** `GET /v1/workflow`: what the phases of work took. */
export function workflowRoutes({ reader }: GatewayDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/workflow', { config: { scope: 'read' }, schema }, async ({ project, query }) => {
      const stored = snapshot(reader, () => getWorkflow(reader, project.project_id, query.workflow_phase))
      const byPhase = Map.groupBy(stored.skills, ({ workflow_phase }) => workflow_phase)
      const skills = [...byPhase.values()].flatMap((ofPhase) => ofPhase.slice(0, query.skills))
      return { ...stored, skills, bottlenecks: bottlenecksOf(stored, byPhase) }
    })
  }
}

const schema = {
  tags: ['findings'],
  summary: 'What the phases of work took',
  description:
    'By phase of calls whose witness names one: outcomes, durations, a heat map by hour of the week and ' +
    'by skill, and which phase follows which. `bottlenecks` orders phases by `slow_ms + failed_ms`, the ' +
    'time that would be gained if no completed call took longer than the median of its skill in the ' +
    'phase, and if no call failed. Computed once a day: `run` says from what.',
  querystring: parameters({
    workflow_phase: Type.Optional(nameParameter('Only this phase, and the transitions from and to it.')),
    skills: defaulted(
      Type.Integer({ description: 'Skills of each phase, at most.', minimum: 0, maximum: 200, default: 20 }),
    ),
  }),
  response: { 200: Workflow, ...problems },
}

type PhaseSkills = ReadonlyMap<string, StoredWorkflow['skills']>

function bottlenecksOf({ phases }: StoredWorkflow, skills: PhaseSkills): WorkflowBottleneck[] {
  const total = phases.reduce((sum, phase) => sum + gainOf(phase), 0)
  return phases
    .map((phase): WorkflowBottleneck => {
      const { workflow_phase, slow_ms, failed_ms, failed } = phase
      const [first] = (skills.get(workflow_phase) ?? []).toSorted((a, b) => gainOf(b) - gainOf(a))
      const gain_ms = gainOf(phase)
      return {
        ...{ workflow_phase, gain_ms, gain_share: total === 0 ? 0 : gain_ms / total },
        ...{ slow_ms, failed_ms, failed },
        skill:
          first === undefined || gainOf(first) === 0 ? null : { ...skillOf(first), gain_ms: gainOf(first) },
      }
    })
    .sort((a, b) => b.gain_ms - a.gain_ms)
}

function gainOf({ slow_ms, failed_ms }: { slow_ms: number | null; failed_ms: number }): number {
  return (slow_ms ?? 0) + failed_ms
}

function skillOf({ kind, skill_name }: StoredWorkflow['skills'][number]) {
  return { kind, skill_name }
}
