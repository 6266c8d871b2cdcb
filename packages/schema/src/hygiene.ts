import { type Static, type TSchema, Type } from 'typebox'
import { Instant } from './instant.ts'
import { SkillFileKind, SkillSource } from './skill-file.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

const Place = Type.Object(
  {
    source: SkillSource,
    origin: nullable(Type.String(), 'The repository or the plugin; null for files of the user.'),
  },
  { description: 'Where a file is installed.' },
)
const skill = { kind: SkillFileKind, skill_name: Type.String(), places: Type.Array(Place) }

const UnusedSkill = Type.Object({
  ...skill,
  installed_at: Type.Unsafe<string>({ ...Instant, description: 'Since when it is there.' }),
  last_used_at: nullable(Instant, 'Its last call; null when there was none.'),
  calls: count('Calls of all time.'),
  silence_p: nullable(
    share('Probability.'),
    'Probability of no call since the last one at the former rate; null with fewer than 5 calls.',
  ),
  description_tokens: count('What removing it saves in each session.'),
})
export type UnusedSkill = Static<typeof UnusedSkill>

const FailingSkill = Type.Object({
  ...skill,
  uses: count('Uses in the window.'),
  calls: count('Calls that followed from them.'),
  failed_calls: count('Those of them that failed.'),
  failed_share: share('Failed calls by calls.'),
  failed_share_low: share('Lower end of its 95% interval (Wilson).'),
  failed_share_high: share('Upper end of that interval.'),
})
export type FailingSkill = Static<typeof FailingSkill>

const Named = Type.Object({ ...skill })
const NearDuplicate = Type.Object({
  a: Named,
  b: Named,
  similarity: share('Share of common shingles (Jaccard) of names and descriptions.'),
  identical: Type.Boolean({ description: 'Whether both files have the same bytes.' }),
})
export type NearDuplicate = Static<typeof NearDuplicate>

const ContextCost = Type.Object(
  {
    method: Type.String({ description: 'How tokens are estimated.' }),
    places: Type.Array(
      Type.Object({
        source: SkillSource,
        repository: nullable(Type.String(), 'With source `project`.'),
        skills: count('Skills, commands and sub-agents.'),
        tokens: count('Estimated tokens of their names and descriptions.'),
      }),
    ),
    session_tokens: count('What each session has in its context: files of the user and of plugins.'),
    session_tokens_max: count('The same in the repository with the most tokens.'),
  },
  { description: 'Tokens of descriptions that sessions have in their context.' },
)
export type ContextCost = Static<typeof ContextCost>

const list = <T extends TSchema>(item: T, description: string) =>
  Type.Object(
    { total: count('All of them, also those that the answer leaves out.'), items: Type.Array(item) },
    { description },
  )

/** What to remove, what to mend, and what descriptions cost. */
export const HygieneReply = Type.Object(
  {
    since: Type.Unsafe<string>({ ...Instant, description: 'Start of the window.' }),
    until: Type.Unsafe<string>({ ...Instant, description: 'Its end: now.' }),
    scanned_at: nullable(Instant, 'The newest scan; null when there was none.'),
    skills: count('Installed skills, commands and sub-agents, each counted once.'),
    unused: list(UnusedSkill, 'Installed before the window, and not called in it.'),
    not_judged: Type.Object(
      {
        installed_lately: count('Not called, but installed within the window.'),
        rarely_used: count('Not called in the window, which is no surprise at their former rate.'),
        too_few_calls: count('Used, with too few calls for a share that failed.'),
      },
      { description: 'Skills about which there is not enough data.' },
    ),
    failing: list(FailingSkill, 'Of their calls in the window, too many failed.'),
    near_duplicates: list(NearDuplicate, 'Pairs whose names and descriptions are nearly the same.'),
    context_cost: ContextCost,
  },
  { description: 'What to remove, what to mend, and what descriptions cost.' },
)
export type HygieneReply = Static<typeof HygieneReply>
