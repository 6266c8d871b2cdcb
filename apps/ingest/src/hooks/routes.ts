import {
  type Observation,
  type ParseResult,
  parseObservation,
  parsePrompt,
  parseSessionEnd,
} from '@skillwatch/schema'
import {
  type HookExtraction,
  isObject,
  type JsonObject,
  readHook,
  textOf,
} from '@skillwatch/schema/claude-code'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import { problemResponses, type Service } from '@skillwatch/service'
import { Type } from 'typebox'
import type { Journal } from './journal.ts'
import type { HookMetrics, HookResult } from './metrics.ts'
import type { ProjectAgentCalls } from './project-agent-calls.ts'
import { readEvent } from './read-event.ts'

export interface HookDeps {
  journal: Pick<Journal, 'take'>
  agentCalls: ProjectAgentCalls
  /** The prompt of a call that is stored. */
  promptOf: (projectId: number, invocationId: string) => string | undefined
  hookMetrics: HookMetrics
  now: () => number
}

/** The call of the sub-agent inside which an event happened. */
type Parent = Pick<Observation, 'parent_invocation_id' | 'prompt_id'>

/**
 * `POST /v1/hooks/claude-code`: accepts any JSON of a hook and answers `{}` without waiting for the commit,
 * because the agent waits for the answer and makes no use of it (R12, docs/adr/0009).
 */
export function hookRoutes({ journal, agentCalls, promptOf, hookMetrics, now }: HookDeps) {
  /**
   * A sub-agent in the background works on for the prompt that started it, whatever the user asks meanwhile.
   */
  function parentOf(projectId: number, event: JsonObject, nowMs: number): Parent | undefined {
    const parent = agentCalls.of(projectId).parentOf(event, nowMs)
    if (parent === undefined) return undefined
    const prompt_id = promptOf(projectId, parent)
    return { parent_invocation_id: parent, ...(prompt_id !== undefined && { prompt_id }) }
  }

  function take(projectId: number, event: unknown): HookResult {
    const nowMs = now()
    const parent = isObject(event) ? parentOf(projectId, event, nowMs) : undefined
    const extraction = readHook(event, { receivedAtMs: nowMs, withTexts: true })
    if ('ignored' in extraction) return extraction.ignored
    const parsed = parse(extraction, parent, nowMs)
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

function parse(
  extraction: Exclude<HookExtraction, { ignored: unknown }>,
  parent: Parent | undefined,
  nowMs: number,
): ParseResult {
  if ('sessionEnd' in extraction) return parseSessionEnd(extraction.sessionEnd, nowMs)
  if ('prompt' in extraction) return parsePrompt(extraction.prompt, nowMs)
  const observation = { ...extraction.observation, ...parent }
  return parseObservation(observation, nowMs, () => uuidV7(nowMs))
}

const schema = {
  tags: ['recording'],
  summary: "Receive an event of Claude Code's hooks",
  description:
    'Accepts the JSON of any event as Claude Code sends it. The answer is always `{}`, which lets the ' +
    'agent continue, and does not wait for the commit: an answered event survives the end of the service, ' +
    'but not of the machine. Events without a call are counted.',
  body: Type.Unknown({ description: 'The JSON that Claude Code gives to a hook.' }),
  response: {
    200: Type.Object({}, { description: 'Empty: the agent continues.' }),
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'content-too-large', 'unavailable'),
  },
}
