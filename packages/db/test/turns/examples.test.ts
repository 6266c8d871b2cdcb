import { readFileSync } from 'node:fs'
import type { Kind } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { type AssignedUse, assign } from '../../src/turns/assign.ts'
import type { CallFacts } from '../../src/turns/facts.ts'

/**
 * The rows of the table of examples in docs/ARCHITECTURE.md: calls in their order, and the tree they make.
 */
const EXAMPLES = examplesOf(
  readFileSync(new URL('../../../../docs/ARCHITECTURE.md', import.meta.url), 'utf8'),
)

test('the table has examples', () => expect(EXAMPLES.length).toBeGreaterThan(8))

test.each(EXAMPLES)('%s is %s', (calls, tree) => {
  expect(drawn(callsOf(calls))).toBe(tree)
})

test.each(EXAMPLES)('%s, reported in the opposite order, is %s', (calls, tree) => {
  expect(drawn(callsOf(calls).toReversed())).toBe(tree)
})

function examplesOf(text: string): [calls: string, tree: string][] {
  const [, table] = /\| calls in their order \| tree \|\n\|[- |]+\|\n((?:\|.*\|\n)+)/.exec(text) ?? []
  return (table ?? '')
    .trimEnd()
    .split('\n')
    .map((row) => row.slice(1, -1).split('|'))
    .map(([calls, tree]) => [calls!.trim(), tree!.trim().replaceAll('`', '')])
}

/** A call is written as `kind name`, with `in parent` and a remark in brackets. A tool has no kind. */
function callsOf(text: string): CallFacts[] {
  return text.split(', ').map((each, index) => {
    const [, kind = 'tool', name, parent, remark] =
      /^(?:(skill|command|agent) )?`([^`]+)`(?: in `([^`]+)`)?(?: \((\w+)\))?$/.exec(each) ?? []
    return aCall({
      invocation_id: name!,
      kind: kind as Kind,
      skill_name: name!,
      parent_invocation_id: parent ?? null,
      trigger: remark === 'nested' ? 'nested' : 'agent',
      outcome: remark === 'refused' ? 'rejected' : 'completed',
      ...(kind === 'command' && { trigger: 'user' as const }),
      invoked_at_ms: index,
      ended_at_ms: index,
    })
  })
}

function aCall(call: Partial<CallFacts>): CallFacts {
  const none = { error_type: null, agent_name: null, agent_version: null, model: null, repository: null }
  return { ...none, branch: null, agent_id: null, session_id: 's', ...call } as CallFacts
}

function drawn(calls: readonly CallFacts[]): string {
  const { uses, outside } = assign(calls, [], { isTurn: true })
  const byCall = new Map(uses.map((use) => [use.activation, use]))
  const draw = (all: readonly CallFacts[]): string =>
    all.map((call) => call.skill_name + drawInside(byCall.get(call))).join(', ')
  const drawInside = (use: AssignedUse | undefined) =>
    use === undefined || use.calls.length === 0 ? '' : `(${draw(use.calls)})`
  return draw(outside)
}
