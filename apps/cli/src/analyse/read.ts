import {
  frequentSkills,
  HOURS_BEFORE_RUN,
  type HourlyTable,
  hourlyTableOf,
  type RareSkill,
  TooManySkillsError,
} from '@skillwatch/analytics'
import {
  DEFAULT_PROJECT,
  type EndedSkill,
  endedSkills,
  findProject,
  hourlyCalls,
  openReader,
  type Project,
  type Reader,
  snapshot,
} from '@skillwatch/db'
import { DURATION_BOUNDS_MS } from '@skillwatch/schema'
import { CliError } from '../errors.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { HOUR_MS, type Schedule } from './options.ts'

/** What detection reads, from one snapshot. */
export interface History {
  readonly project: string
  /** The hours from the begin of the first baseline to the last run, of all skills that are not rare. */
  readonly table: HourlyTable
  readonly rare: readonly RareSkill[]
  /** All skills with an ended call at any time. */
  readonly recorded: readonly EndedSkill[]
}

export interface ReadOptions extends Schedule {
  readonly databaseUrl: string
  readonly project: string | undefined
  readonly timeZone: string
}

/** @throws {CliError} when there is no such project, or more than fits into memory */
export function readHistory({ databaseUrl, project, ...options }: ReadOptions): History {
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => {
    const { project_id, name } = demandProject(reader, project ?? DEFAULT_PROJECT)
    const rare: RareSkill[] = []
    const table = readTable(reader, project_id, options, rare)
    return { project: name, table, rare, recorded: endedSkills(reader, project_id) }
  })
}

function readTable(
  reader: Reader,
  projectId: number,
  { fromMs, toMs, timeZone }: Schedule & Pick<ReadOptions, 'timeZone'>,
  rare: RareSkill[],
): HourlyTable {
  const range = [fromMs - HOURS_BEFORE_RUN * HOUR_MS, toMs] as const
  const hours = (range[1] - range[0]) / HOUR_MS
  const rows = hourlyCalls(reader, projectId, range)
  try {
    return hourlyTableOf(frequentSkills(rows, { hours, onRare: (skill) => rare.push(skill) }), {
      ...{ fromMs: range[0], toMs: range[1], timeZone },
      durationBoundsMs: DURATION_BOUNDS_MS,
    })
  } catch (error) {
    throw tooMany(error)
  }
}

/** @throws {CliError} when there is no such project */
export function demandProject(reader: Reader, name: string): Project {
  const project = findProject(reader, name)
  if (project !== undefined) return project
  throw new CliError(
    `there is no project ${quoted(name)} in this database; SKILLWATCH_PROJECT names the one to read.`,
  )
}

function tooMany(error: unknown): unknown {
  if (!(error instanceof TooManySkillsError)) return error
  return new CliError(`${error.message}: choose a later --from.`, { cause: error })
}
