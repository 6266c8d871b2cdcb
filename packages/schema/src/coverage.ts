import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { Kind, Outcome, Witness } from './words.ts'

const count = (description: string) => Type.Integer({ description, minimum: 0 })

/** Calls that this witness did not see although another one did. */
export const MissedCalls = Type.Object(
  {
    kind: Kind,
    outcome: Outcome,
    invocation_count: count('Calls of this kind with this outcome that it did not see.'),
    blind_spot_id: Type.Union([Type.String(), Type.Null()], {
      description:
        'The one of `blind_spots` that may explain it. Null when none does: check whether the ' +
        'witness was active all the time.',
    }),
  },
  { description: 'Calls that this witness did not see although another one did.' },
)
export type MissedCalls = Static<typeof MissedCalls>

/** How much of one session one witness has seen. */
export const WitnessCoverage = Type.Object(
  {
    witness: Witness,
    seen_count: count('Known calls that it saw.'),
    missed_count: count('Known calls that it did not see.'),
    alone_count: count('Calls that no other witness saw.'),
    missed: Type.Array(MissedCalls, {
      description: 'The calls that it did not see, by kind and outcome, largest number first.',
    }),
  },
  { description: 'How much of one session one witness has seen.' },
)
export type WitnessCoverage = Static<typeof WitnessCoverage>

/**
 * Which witness saw which calls of one session. A call that no witness saw is unknown, so it is not counted.
 */
export const SessionCoverage = Type.Object(
  {
    session_id: Type.String(),
    last_active_at: Instant,
    invocation_count: count('Known calls: those that at least one witness saw.'),
    witnesses: Type.Array(WitnessCoverage, {
      description: 'The witnesses that saw at least one call of the session, in a fixed order.',
    }),
  },
  {
    description:
      'Which witness saw which calls of one session. A call that no witness saw is unknown, so it ' +
      'is not counted.',
  },
)
export type SessionCoverage = Static<typeof SessionCoverage>

/** A blind spot on the wire. */
export const BlindSpotItem = Type.Object(
  {
    blind_spot_id: Type.String(),
    witness: Witness,
    kinds: Type.Optional(
      Type.Array(Kind, { description: 'Concerns calls of these kinds; of all kinds when absent.' }),
    ),
    outcomes: Type.Optional(
      Type.Array(Outcome, {
        description: 'Concerns calls with these outcomes; with any outcome when absent.',
      }),
    ),
    misses: Type.Enum(['calls', 'fields'], {
      description:
        '`calls`: the witness misses whole calls. `fields`: it sees the calls, with missing or ' +
        'uncertain fields.',
    }),
    reason: Type.String(),
  },
  { description: 'Something that a witness cannot see, and why.' },
)
export type BlindSpotItem = Static<typeof BlindSpotItem>

/** One page of the coverage of sessions, with the blind spots of the witnesses. */
export const CoveragePage = Type.Object(
  {
    items: Type.Array(SessionCoverage),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Send it as `cursor` to get the next page; null at the end of the list.',
    }),
    blind_spots: Type.Array(BlindSpotItem, {
      description: 'What each witness cannot see; the same in every answer of this version.',
    }),
  },
  { description: 'One page of sessions.' },
)
export type CoveragePage = Static<typeof CoveragePage>
