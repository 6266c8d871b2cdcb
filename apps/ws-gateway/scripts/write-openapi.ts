import { writeFileSync } from 'node:fs'
import { openApiDocument } from './openapi-document.ts'

writeFileSync(new URL('../../../docs/openapi-ws-gateway.yaml', import.meta.url), await openApiDocument())
