import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { operatingDocument } from './support/operating.ts'
import { ROOT } from './support/repository.ts'

test('docs/OPERATING.md says what the services say of themselves (npm run build writes it)', () => {
  expect(readFileSync(join(ROOT, 'docs/OPERATING.md'), 'utf8')).toBe(operatingDocument())
})
