import { fixedClock } from '@skillwatch/testkit'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import { expect, test } from 'vitest'
import { visible } from '../../src/report/visible.ts'
import { runHere } from '../run-cli.ts'
import { HOSTILE_NAMES, hostileWeeks, startGatewayWith } from './some-weeks.ts'

interface MarkdownNode {
  readonly type: string
  readonly value?: string
  readonly children?: readonly MarkdownNode[]
}

function withDescendants(node: MarkdownNode): MarkdownNode[] {
  return [node, ...(node.children ?? []).flatMap(withDescendants)]
}

test('the Markdown of hostile names has nothing but headings, lists, tables, and names as code', async () => {
  await using gateway = await startGatewayWith(hostileWeeks())
  const { stdout } = await runHere(
    ['report', '--format', 'markdown', '--url', gateway.url, '--time-zone', 'UTC'],
    {},
    { nowMs: fixedClock },
  )
  const nodes = withDescendants(
    fromMarkdown(stdout, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }),
  )
  expect([...new Set(nodes.map(({ type }) => type))].sort()).toEqual([
    'break',
    'heading',
    'inlineCode',
    'list',
    'listItem',
    'paragraph',
    'root',
    'strong',
    'table',
    'tableCell',
    'tableRow',
    'text',
  ])

  const tables = nodes.filter(({ type }) => type === 'table')
  expect(tables).toHaveLength(5)
  for (const { children } of tables) {
    expect(new Set(children!.map((row) => row.children!.length)).size).toBe(1)
  }

  const code = new Set(nodes.filter(({ type }) => type === 'inlineCode').map(({ value }) => value))
  // A pipe after a backslash takes a second backslash, as a table would end its cell there.
  const shown = HOSTILE_NAMES.map((name) => visible(name))
  expect(shown.filter((name) => !code.has(name))).toEqual([])
})
