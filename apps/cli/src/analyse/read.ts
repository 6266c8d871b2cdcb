import {
  BASELINE_CALLS_MIN,
  BASELINE_HOURS,
  type HourlyTable,
  hourlyTableOf,
  WINDOW_HOURS_MAX,
} from '@skillwatch/analytics'
import {
  DEFAULT_PROJECT,
  type EndedSkill,
  endedSkills,
  findProject,
  type HourlyCalls,
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

/** A skill whose calls are too few for any baseline. */
interface RareSkill {
  readonly kind: string
  readonly skill_name: string
  readonly calls: number
}

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

/** A baseline ends where the longest window of its run begins. */
const HOURS_BEFORE = BASELINE_HOURS + WINDOW_HOURS_MAX
/** Hours of all skills together. Each takes about 250 bytes, so this bounds memory to about a gigabyte. */
const SKILL_HOURS_MAX = 4_000_000

/** @throws {CliError} when there is no such project, or more than fits into memory */
export function readHistory({ databaseUrl, project, ...options }: ReadOptions): History {
  using reader = openReader(databaseUrl)
  return snapshot(reader, () => {
    const { project_id, name } = demandProject(reader, project ?? DEFAULT_PROJECT)
    const range = [options.fromMs - HOURS_BEFORE * HOUR_MS, options.toMs] as const
    const rare: RareSkill[] = []
    const groups = frequent(groupsOf(hourlyCalls(reader, project_id, range)), range, rare)
    const table = hourlyTableOf(groups, {
      fromMs: range[0],
      toMs: range[1],
      timeZone: options.timeZone,
      durationBoundsMs: DURATION_BOUNDS_MS,
    })
    return { project: name, table, rare, recorded: endedSkills(reader, project_id) }
  })
}

/** @throws {CliError} when there is no such project */
export function demandProject(reader: Reader, name: string): Project {
  const project = findProject(reader, name)
  if (project !== undefined) return project
  throw new CliError(
    `there is no project ${quoted(name)} in this database; SKILLWATCH_PROJECT names the one to read.`,
  )
}

/** The rows of skills that can have a baseline; the others are never tested, so they are only listed. */
function* frequent(
  groups: Iterable<HourlyCalls[]>,
  [from, to]: readonly [number, number],
  rare: RareSkill[],
): Generator<HourlyCalls[]> {
  let skills = 0
  for (const ofSkill of groups) {
    const { kind, skill_name } = ofSkill[0]!
    const calls = ofSkill.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
    if (calls < BASELINE_CALLS_MIN) {
      rare.push({ kind, skill_name, calls })
      continue
    }
    skills += 1
    demandRoom(skills, (to - from) / HOUR_MS)
    yield ofSkill
  }
}

/** The rows of each skill, which follow each other. */
function* groupsOf(rows: Iterable<HourlyCalls>): Generator<HourlyCalls[]> {
  let group: HourlyCalls[] = []
  for (const row of rows) {
    const [first] = group
    if (first && (first.kind !== row.kind || first.skill_name !== row.skill_name)) {
      yield group
      group = []
    }
    group.push(row)
  }
  if (group.length > 0) yield group
}

function demandRoom(skills: number, hours: number): void {
  if (skills * hours <= SKILL_HOURS_MAX) return
  throw new CliError(
    `${skills} skills and more over ${Math.round(hours / 24)} days do not fit into memory: choose a later ` +
      '--from.',
  )
}
