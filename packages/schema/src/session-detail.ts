import { type Static, Type } from 'typebox'
import { ApiUsage } from './api-request.ts'
import { SessionSkill, SessionSummary } from './summaries.ts'

/** One session in numbers, with its skills. */
export const SessionDetail = Type.Object(
  {
    ...SessionSummary.properties,
    skills: Type.Array(SessionSkill, { description: 'The most used first, 1,000 at most.' }),
    api_usage: ApiUsage,
  },
  { description: 'One session in numbers, with its skills.' },
)
export type SessionDetail = Static<typeof SessionDetail>
