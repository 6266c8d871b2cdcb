import type { Category, CategoryRule, ClassifiedSkill } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'

const REVIEW_TEXTS: Readonly<Record<ClassifiedSkill['review'][number], string>> = {
  no_category: 'no rule matches',
  low_confidence: 'low confidence',
  human_review: 'its results need a review',
}

/** One line a skill, with its first category. */
export function classifiedLines(skills: readonly ClassifiedSkill[], width: number, paint: Paint): string[] {
  const columns: Column<ClassifiedSkill>[] = [
    left('SKILL', 0, ({ skill_name }) => printable(skill_name)),
    left('KIND', 3, ({ kind }) => kind),
    left('CATEGORY', 0, ({ categories: [first] }) => printable(first?.category ?? '-')),
    left('CONFIDENCE', 1, ({ categories: [first] }) => first?.confidence.toFixed(2) ?? '-'),
    left('BY', 2, ({ categories: [first] }) => first?.rule_id ?? first?.assigned_by ?? '-'),
    left('MODALITY', 4, ({ modality }) => modality?.modality_type ?? '-'),
    left('REVIEW', 5, ({ review }) => review.map((each) => REVIEW_TEXTS[each]).join(', ') || '-'),
  ]
  return tableLines(columns, skills, width, paint)
}

/** The tree, each category below the one above it. */
export function categoryLines(categories: readonly Category[], width: number, paint: Paint): string[] {
  const rows = treeOf(categories)
  const columns: Column<(typeof rows)[number]>[] = [
    left('CATEGORY', 0, ({ category, depth }) => '  '.repeat(depth) + printable(category.category_name)),
    left('DOMAIN', 1, ({ category }) => category.domain ?? '-'),
    left('DESCRIPTION', 2, ({ category }) => printable(category.description ?? '-')),
  ]
  return tableLines(columns, rows, width, paint)
}

/** The rules, as they are. */
export function ruleLines(rules: readonly CategoryRule[], width: number, paint: Paint): string[] {
  const columns: Column<CategoryRule>[] = [
    left('RULE', 0, ({ rule_id }) => rule_id),
    left('CATEGORY', 0, ({ category }) => category),
    left('CONFIDENCE', 1, ({ confidence }) => confidence.toFixed(2)),
    left('IN', 2, (rule) => rule.in),
    left('WORDS', 3, ({ words }) => words.join(' ')),
  ]
  return tableLines(columns, rules, width, paint)
}

function treeOf(categories: readonly Category[]): { category: Category; depth: number }[] {
  const below = Map.groupBy(categories, ({ parent }) => parent)
  const branch = (parent: string | null, depth: number): { category: Category; depth: number }[] =>
    (below.get(parent) ?? []).flatMap((category) => [
      { category, depth },
      ...branch(category.category_name, depth + 1),
    ])
  return branch(null, 0)
}

function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const { head, body } = fittingTable(columns, rows, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}

function left<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'left', cell }
}
