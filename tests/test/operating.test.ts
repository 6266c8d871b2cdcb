import { expect, test } from 'vitest'
import { operatingDocument } from './support/operating.ts'
import { readText } from './support/repository.ts'

test('docs/OPERATING.md lists the variables and metrics of the services (npm run build writes it)', async () => {
  expect(readText('docs/OPERATING.md')).toBe(await operatingDocument())
})
