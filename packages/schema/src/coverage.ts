import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Kind, Outcome, Witness } from './words.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })

/** Calls that a witness did not see although another one did. */
export const MissedCalls = Type.Object(
  {
    kind: Kind,
    outcome: Outcome,
    invocation_count: count('Calls of this kind with this outcome that it did not see.'),
    blind_spot_id: Type.Union([Type.String(), Type.Null()], {
      description:
        'Which of the `blind_spots` may explain it; null when none is known: was it on all the time?',
    }),
  },
  { description: 'Calls that a witness did not see although another one did.' },
)
export type MissedCalls = Static<typeof MissedCalls>

/** How much of one session one witness has seen. */
export const WitnessCoverage = Type.Object(
  {
    witness: Witness,
    seen_count: count('Known calls that it saw.'),
    missed_count: count('Known calls that it did not see.'),
    alone_count: count('Calls that nobody else saw.'),
    missed: Type.Array(MissedCalls, { description: 'What it did not see, the most first.' }),
  },
  { description: 'How much of one session one witness has seen.' },
)
export type WitnessCoverage = Static<typeof WitnessCoverage>

/** Who has seen what of one session. A call that no witness saw is not known, and so not counted. */
export const SessionCoverage = Type.Object(
  {
    session_id: Type.String(),
    last_active_at: Instant,
    invocation_count: count('Calls known: those that at least one witness saw.'),
    witnesses: Type.Array(WitnessCoverage, {
      description: 'The witnesses that saw anything of it, in a fixed order.',
    }),
  },
  {
    description:
      'Who has seen what of one session. A call that no witness saw is not known, and so not counted.',
  },
)
export type SessionCoverage = Static<typeof SessionCoverage>

/** What a witness cannot see, as the wire tells it. */
export const BlindSpotItem = Type.Object(
  {
    blind_spot_id: Type.String(),
    witness: Witness,
    kinds: Type.Optional(Type.Array(Kind, { description: 'Of these kinds; of all when absent.' })),
    outcomes: Type.Optional(
      Type.Array(Outcome, { description: 'With these outcomes; with any when absent.' }),
    ),
    misses: Type.Enum(['calls', 'fields'], {
      description: 'Whether the calls themselves stay unseen, or something about them.',
    }),
    reason: Type.String(),
  },
  { description: 'What a witness cannot see, known beforehand, and why.' },
)
export type BlindSpotItem = Static<typeof BlindSpotItem>

/** One page of the coverage of sessions, with what is known of the witnesses beforehand. */
export const CoveragePage = Type.Object(
  {
    items: Type.Array(SessionCoverage),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Send it as `cursor` for the next page; null at the end of the list.',
    }),
    blind_spots: Type.Array(BlindSpotItem, {
      description: 'What witnesses cannot see, known beforehand; the same in every answer of this version.',
    }),
  },
  { description: 'One page.' },
)
export type CoveragePage = Static<typeof CoveragePage>
