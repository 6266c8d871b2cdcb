import type { Cluster, Recommendation, SimilarSkill } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { label } from '../dependencies/tables.ts'
import { type Column, fittingTable } from '../table.ts'
import { wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'

/** Similar skills, one a line. */
export function similarLines(items: readonly SimilarSkill[], width: number, paint: Paint): string[] {
  return lines<SimilarSkill>(
    [
      left('SKILL', ({ similar_kind, similar_name }) => label(similar_kind, similar_name)),
      right('SCORE', 0, ({ score }) => score.toFixed(2)),
      right('CO-USE', 1, ({ co_use_score }) => (co_use_score === null ? '-' : co_use_score.toFixed(2))),
      right('TEXT', 2, ({ text_score }) => text_score.toFixed(2)),
      right('BOTH', 3, ({ sessions_with_both }) => exactNumber(sessions_with_both)),
      right('OF', 4, ({ sessions_with }) => exactNumber(sessions_with)),
      right('OF ITS', 5, ({ sessions_with_similar }) => exactNumber(sessions_with_similar)),
    ],
    items,
    width,
    paint,
  )
}

/** Clusters with their members: one line for each cluster, and its members below. */
export function clusterLines(items: readonly Cluster[], width: number, paint: Paint): string[] {
  return items.flatMap(({ cluster_id, cluster_name, stability, members }) => [
    ...wrap(`${cluster_id}. ${cluster_name} (stability ${stability.toFixed(2)})`, width).map((line) =>
      paint('bold', line),
    ),
    ...lines<Cluster['members'][number]>(
      [
        left('  MEMBER', ({ kind, skill_name }) => `  ${label(kind, skill_name)}`),
        right('MEMBERSHIP', 0, ({ membership_score }) => membership_score.toFixed(2)),
      ],
      members,
      width,
      paint,
    ),
    '',
  ])
}

/** Recommended skills, each with its reason below. */
export function recommendationLines(
  items: readonly Recommendation[],
  width: number,
  paint: Paint,
): string[] {
  return items.flatMap(({ kind, skill_name, score, reason }, index) => [
    `${paint('bold', `${index + 1}. ${label(kind, skill_name)}`)}  ${score.toFixed(2)}`,
    ...wrap(reason, Math.max(20, width - 3)).map((line) => `   ${line}`),
  ])
}

function left<Row>(heading: string, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank: 0, align: 'left', cell }
}

function right<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'right', cell }
}

function lines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number, paint: Paint) {
  const { head, body } = fittingTable(columns, rows, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}
