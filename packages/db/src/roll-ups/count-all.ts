import type { Reader } from '../sqlite/open.ts'
import { type CountedRow, ROLL_UPS } from './declarations.ts'
import { addInvocationChange, addRowChange, type Delta, emptyDeltas, type RollUpDeltas } from './deltas.ts'
import type { RollUp, RollUpTable } from './roll-up.ts'
import { API_REQUEST_ROLL_UPS, COUNTED_REQUEST_COLUMNS, type CountedApiRequest } from './usage.ts'
import { type CountedUse, partsOf, USE_ROLL_UPS, type UsePart } from './uses.ts'

/** What a roll-up should hold, by project and by the text of its key. */
export type Counted = ReadonlyMap<number, ReadonlyMap<string, Delta>>

const PAGE_ROWS = 5_000

const COUNTED_COLUMNS = [...new Set(ROLL_UPS.flatMap(({ reads }) => reads))]

/**
 * Every roll-up as its rows make it.
 * @param onProgress called now and then with the number of invocations that were counted so far
 */
export function countAll(
  reader: Reader,
  onProgress?: (rows: number) => void,
): ReadonlyMap<RollUpTable, Counted> {
  return new Map<RollUpTable, Counted>([
    ...byRollUp(ROLL_UPS, countInvocations(reader, onProgress)),
    ...byRollUp(API_REQUEST_ROLL_UPS, countApiRequests(reader)),
    ...byRollUp(USE_ROLL_UPS, countUses(reader)),
  ])
}

type OfProjects<Row> = Map<number, RollUpDeltas<Row>>

function countInvocations({ sqlite }: Reader, onProgress?: (rows: number) => void): OfProjects<CountedRow> {
  const page = sqlite.prepare<[number, number], CountedRow & { row_id: number; project_id: number }>(
    `select row_id, project_id, ${COUNTED_COLUMNS.join(', ')} from skill_invocation
      where row_id > ? order by row_id limit ?`,
  )
  const projects: OfProjects<CountedRow> = new Map()
  let count = 0
  for (let after = 0; ; ) {
    const rows = page.all(after, PAGE_ROWS)
    for (const row of rows) addInvocationChange(deltasOf(projects, row.project_id, ROLL_UPS), undefined, row)
    count += rows.length
    onProgress?.(count)
    if (rows.length < PAGE_ROWS) return projects
    after = rows.at(-1)!.row_id
  }
}

function countApiRequests({ sqlite }: Reader): OfProjects<CountedApiRequest> {
  const all = sqlite.prepare<[], CountedApiRequest & { project_id: number }>(
    `select project_id, ${COUNTED_REQUEST_COLUMNS.join(', ')} from api_request`,
  )
  const projects: OfProjects<CountedApiRequest> = new Map()
  for (const row of all.iterate())
    addRowChange(deltasOf(projects, row.project_id, API_REQUEST_ROLL_UPS), undefined, row)
  return projects
}

function countUses({ sqlite }: Reader): OfProjects<UsePart> {
  const all = sqlite.prepare<[], CountedUse & { project_id: number }>('select * from skill_use')
  const projects: OfProjects<UsePart> = new Map()
  for (const { project_id, ...use } of all.iterate()) {
    for (const part of partsOf(use))
      addRowChange(deltasOf(projects, project_id, USE_ROLL_UPS), undefined, part)
  }
  return projects
}

function deltasOf<Row>(
  projects: OfProjects<Row>,
  projectId: number,
  rollUps: readonly RollUp<Row>[],
): RollUpDeltas<Row> {
  const known = projects.get(projectId) ?? emptyDeltas(rollUps)
  projects.set(projectId, known)
  return known
}

function byRollUp<Row>(
  rollUps: readonly RollUp<Row>[],
  projects: OfProjects<Row>,
): [RollUpTable, Counted][] {
  return rollUps.map((rollUp) => [
    rollUp,
    new Map([...projects].map(([projectId, deltas]) => [projectId, deltas.get(rollUp)!])),
  ])
}
