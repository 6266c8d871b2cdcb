import { writeFileSync } from 'node:fs'
import { openApiDocument } from './openapi-document.ts'

writeFileSync(new URL('../../../docs/openapi-ingest.yaml', import.meta.url), await openApiDocument())
