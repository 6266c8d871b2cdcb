import { blindSpotFor, type Invocation, type MissedCalls, type SessionCoverage } from '@skillwatch/schema'
import { type ExpectedCall, SCRIPTED_WITNESSES, type ScriptedWitness } from './expected-calls.ts'
import { SCRIPT } from './script.ts'
import { callId, type ScriptedSession, withoutTag } from './session.ts'

type Known = [id: string, row: ExpectedCall['row']]

/** The fields of the rows that the script decides, by the id of the call. */
export function knownOf(session: ScriptedSession, rows: readonly Invocation[]): Known[] {
  return sorted(
    rows.map((row) => {
      const { kind, skill_name, outcome, trigger, parent_invocation_id, witnesses } = row
      const parent = parent_invocation_id === undefined ? {} : { parent_invocation_id }
      return [idOf(session, row), { kind, skill_name, outcome, trigger, ...parent, witnesses }]
    }),
  )
}

export function expectedRows(session: ScriptedSession, expected: readonly ExpectedCall[]): Known[] {
  return sorted(expected.map(({ call, row }) => [callId(session, call), row]))
}

/**
 * The rows as any run of the script must give them. The time of a hook event is that of its receipt, so an
 * instant that only hooks report is left out, and so is the time between two instants of which one is left
 * out.
 */
export function comparable(
  session: ScriptedSession,
  rows: readonly Invocation[],
  expected: readonly ExpectedCall[],
): unknown[] {
  const clocks = new Map(expected.map(({ call, hasClock }) => [callId(session, call), hasClock]))
  const compared = rows.map((row): [string, object] => {
    const id = idOf(session, row)
    const { invoked_at, ended_at, elapsed_ms, ...rest } = { ...row, invocation_id: id }
    const { start = true, end = true } = clocks.get(id) ?? {}
    return [
      id,
      {
        ...rest,
        ...(start && { invoked_at }),
        ...(end && { ended_at }),
        ...(start && end && { elapsed_ms }),
      },
    ]
  })
  return withoutTag(sorted(compared), session)
}

/**
 * A row of an uncorrelated observation alone has the id of the observation; the script has the id of its
 * call.
 */
function idOf(session: ScriptedSession, { invocation_id, kind, skill_name }: Invocation): string {
  if (!invocation_id.startsWith('skill_activated_')) return invocation_id
  const call = SCRIPT.find((each) =>
    kind === 'command' ? each.isTypedSkill : each.ending === 'cut_off' && each.name === skill_name,
  )
  return call === undefined ? invocation_id : callId(session, call)
}

/** The ends of the calls that have no result, because their session ended: one instant for all of them. */
export function endsOfCutOff(
  session: ScriptedSession,
  rows: readonly Invocation[],
  expected: readonly ExpectedCall[],
): (string | undefined)[] {
  const cutOff = expected
    .filter((each) => each.isCutOffBySessionEnd)
    .map(({ call }) => callId(session, call))
  return rows.filter((row) => cutOff.includes(idOf(session, row))).map(({ ended_at }) => ended_at)
}

type Counted = Pick<SessionCoverage, 'invocation_count' | 'witnesses'>

/** The coverage report of a session with these calls. */
export function expectedCoverage(
  expected: readonly ExpectedCall[],
  subset: readonly ScriptedWitness[],
): Counted {
  const witnesses = SCRIPTED_WITNESSES.filter((witness) => subset.includes(witness)).map((witness) => {
    const unseen = expected.filter(({ seenBy }) => !seenBy.includes(witness))
    return {
      witness,
      seen_count: expected.length - unseen.length,
      missed_count: unseen.length,
      alone_count: expected.filter(({ seenBy }) => seenBy.length === 1 && seenBy[0] === witness).length,
      missed: missedCalls(witness, unseen),
    }
  })
  return { invocation_count: expected.length, witnesses }
}

/** The part of a report that is compared, with its lists sorted. */
export function countedOf({ invocation_count, witnesses }: SessionCoverage): Counted {
  return { invocation_count, witnesses: witnesses.map((each) => ({ ...each, missed: byText(each.missed) })) }
}

function missedCalls(witness: ScriptedWitness, unseen: readonly ExpectedCall[]): MissedCalls[] {
  const groups = Map.groupBy(unseen, ({ row: { kind, outcome } }) => `${kind} ${outcome}`)
  return byText(
    [...groups.values()].map((calls) => {
      const { kind, outcome } = calls[0]!.row
      const blind_spot_id = blindSpotFor(witness, kind, outcome)?.blind_spot_id ?? null
      return { kind, outcome, invocation_count: calls.length, blind_spot_id }
    }),
  )
}

function byText(missed: readonly MissedCalls[]): MissedCalls[] {
  return missed.toSorted((a, b) => (`${a.kind} ${a.outcome}` < `${b.kind} ${b.outcome}` ? -1 : 1))
}

function sorted<T>(rows: readonly [string, T][]): [string, T][] {
  return rows.toSorted(([a], [b]) => (a < b ? -1 : 1))
}
