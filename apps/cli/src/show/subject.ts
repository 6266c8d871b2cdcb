import { CliError } from '../errors.ts'
import type { Endpoint } from '../http.ts'
import { matchSessions, quoted, resolveSession, theSession } from '../sessions/resolve-session.ts'
import {
  matchSkills,
  skillsNamed,
  skillsOfPlugins,
  theSkill,
  type UsedSkill,
} from '../skill-page/find-skill.ts'
import type { UsedKind } from '../uses/read.ts'

/** What is shown: a session, or a skill with others of its name, which are of other kinds. */
export type Subject =
  | { readonly sessionId: string }
  | { readonly skill: UsedSkill; readonly others: readonly UsedSkill[] }

/** What a command line says of the argument. */
export interface SubjectQuery {
  readonly text: string
  /** What it must be; either when it is absent. */
  readonly wanted?: 'session' | 'skill' | undefined
  readonly kind?: UsedKind | undefined
}

/**
 * The session or the skill that a person means.
 * @throws {CliError} when it is neither, or when it may be several; (usage) when the text is empty
 */
export async function resolveSubject(
  gateway: Endpoint,
  { text, wanted, kind }: SubjectQuery,
  signal: AbortSignal,
): Promise<Subject> {
  if (text === '' || wanted === 'session') return { sessionId: await resolveSession(gateway, text, signal) }
  const query = { name: text, kind }
  if (wanted === 'skill') return subjectOf(text, await matchSkills(gateway, query, signal))
  const [sessions, named] = await Promise.all([
    matchSessions(gateway, text, signal),
    skillsNamed(gateway, query, signal),
  ])
  // All skills are read for a name without its plugin, which a whole id of a session is not.
  const isDecided = named.length > 0 || sessions.exactId !== undefined
  const skills = isDecided ? named : await skillsOfPlugins(gateway, query, signal)
  const isSession = sessions.exactId !== undefined || sessions.sessions.length > 0
  if (isSession && skills.length > 0) throw new CliError(bothMessage(text))
  if (isSession) return { sessionId: theSession(text, sessions) }
  if (skills.length > 0) return subjectOf(text, skills)
  throw new CliError(neitherMessage(text))
}

function subjectOf(text: string, matches: readonly UsedSkill[]): Subject {
  const skill = theSkill(text, matches)
  return { skill, others: matches.filter((other) => other !== skill) }
}

function bothMessage(text: string): string {
  const name = quoted(text)
  return (
    `${name} is the name of a skill, and the id of a session begins with it: \`skillwatch show --skill ${name}\` ` +
    `shows the skill, \`skillwatch show --session ${name}\` the session.`
  )
}

function neitherMessage(text: string): string {
  return (
    `nothing is recorded of ${quoted(text)}: no id of a session begins with it, and no skill, command or agent ` +
    'of this name was used. `skillwatch sessions` and `skillwatch skills --since 365d` list them.'
  )
}
