import { expect, test } from 'vitest'
import { operatingDocument } from './support/operating.ts'
import { readText } from './support/repository.ts'

test('docs/OPERATING.md lists all variables and metrics (npm run build writes it)', async () => {
  expect(readText('docs/OPERATING.md')).toBe(await operatingDocument())
})
