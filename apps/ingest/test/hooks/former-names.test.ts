import { expect, test } from 'vitest'
import { renameFormerNames } from '../../src/hooks/former-names.ts'

const common = { invocation_id: 'a', witness: 'otel_span' }

test.each([
  [
    'an elapsed time',
    { fields: { skill_name: 'x', span_ms: 7 } },
    { fields: { skill_name: 'x', elapsed_ms: 7 } },
  ],
  ['an uncorrelated observation', { fields: {}, unanchored: true }, { fields: {}, uncorrelated: true }],
  [
    'a composite call',
    { span: { span_id: 's', role: 'divided_call' } },
    { span: { span_id: 's', role: 'composite_call' } },
  ],
  ['a phase', { span: { role: 'part' } }, { span: { role: 'phase' } }],
  ['a context', { span: { role: 'around' } }, { span: { role: 'context' } }],
])('%s with its former name gets the name of today', (_, former, today) => {
  expect(renameFormerNames({ ...common, ...former })).toEqual({ ...common, ...today })
  expect(renameFormerNames({ ...common, ...today })).toEqual({ ...common, ...today })
})
