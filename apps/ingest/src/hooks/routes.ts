import { parseObservation } from '@skillwatch/schema'
import { isObject, readHook, textOf } from '@skillwatch/schema/claude-code'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import { type AgentCalls, createAgentCalls } from './agents.ts'
import type { Journal } from './journal.ts'
import type { HookMetrics, HookResult } from './metrics.ts'
import { readEvent } from './read-event.ts'

export interface HookDeps {
  journal: Journal
  hookMetrics: HookMetrics
  now: () => number
}

/**
 * `POST /v1/hooks/claude-code`: takes whatever JSON a hook sends, and answers `{}` at once, without waiting for the commit:
 * the agent stands still meanwhile, and does nothing with the answer (R12, docs/adr/0009).
 */
export function hookRoutes({ journal, hookMetrics, now }: HookDeps) {
  const agentCalls = new Map<number, AgentCalls>()

  /** Ids of other projects are nobody's business. */
  function agentCallsOf(projectId: number): AgentCalls {
    const known = agentCalls.get(projectId) ?? createAgentCalls()
    agentCalls.set(projectId, known)
    return known
  }

  function take(projectId: number, event: unknown): HookResult {
    const nowMs = now()
    const parent = isObject(event) ? agentCallsOf(projectId).parentOf(event) : undefined
    const sighting = readHook(event, { receivedAtMs: nowMs, withTexts: true })
    if ('ignored' in sighting) return sighting.ignored
    const observation = {
      ...sighting.observation,
      ...(parent !== undefined && { parent_invocation_id: parent }),
    }
    const parsed = parseObservation(observation, nowMs, () => uuidV7(nowMs))
    if ('reason' in parsed) return 'rejected'
    journal.take(projectId, parsed.observation)
    return 'observed'
  }

  return async (app: Service): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) =>
      readEvent(body),
    )
    app.post(
      '/v1/hooks/claude-code',
      {
        config: { scope: 'ingest' },
        schema,
        validatorCompiler: () => () => true,
      },
      async ({ body, project }) => {
        const eventName = isObject(body) ? textOf(body, 'hook_event_name') : undefined
        hookMetrics.countEvent(eventName, take(project.project_id, body))
        return {}
      },
    )
  }
}

const schema = {
  tags: ['recording'],
  summary: "Take an event of Claude Code's hooks",
  description:
    'The JSON of the hook as it is, whatever the event. The answer is always `{}`, which tells the agent to go on, and ' +
    'does not wait for the commit; it survives the end of the service, not of the machine. Events that tell of no call are counted.',
  body: Type.Unknown({ description: 'What Claude Code gives to a hook.' }),
  response: {
    200: Type.Object({}, { description: 'Nothing: the agent goes on.' }),
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'content-too-large', 'unavailable'),
  },
}
