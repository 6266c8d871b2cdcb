import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { outcomeCounts } from './summaries.ts'
import { UsageSums } from './usage.ts'
import { Kind } from './words.ts'

const KindCounts = Type.Object(
  { kind: Kind, ...outcomeCounts },
  { description: 'The invocations of one kind in the window.' },
)
const SkillCounts = Type.Object(
  { kind: Kind, skill_name: Type.String(), ...outcomeCounts },
  { description: 'The invocations of one skill in the window.' },
)

/** What was recorded in a window, on one screen. */
export const Overview = Type.Object(
  {
    since: Instant,
    until: Instant,
    session_count: Type.Integer({ minimum: 0, description: 'Sessions with activity since the start.' }),
    kinds: Type.Array(KindCounts, {
      description: 'The most frequent first; kinds without invocations are absent.',
    }),
    skills: Type.Array(SkillCounts, {
      description: 'The most frequent skills, commands and sub-agents; tools are counted by kind only.',
    }),
    usage: UsageSums,
    last_invoked_at: Type.Union([Instant, Type.Null()], {
      description: 'The last invocation ever recorded; null when there is none.',
    }),
  },
  { description: 'What was recorded in a window.' },
)
export type Overview = Static<typeof Overview>
