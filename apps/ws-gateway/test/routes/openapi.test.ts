import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openApiDocument } from '../../scripts/openapi-document.ts'

test('docs/openapi-ws-gateway.yaml is in step with the routes (npm run build writes it)', async () => {
  const written = readFileSync(new URL('../../../../docs/openapi-ws-gateway.yaml', import.meta.url), 'utf8')
  expect(await openApiDocument()).toBe(written)
})
