import { writeFileSync } from 'node:fs'
import { asyncApiDocument } from './asyncapi-document.ts'

writeFileSync(new URL('../../../docs/asyncapi.yaml', import.meta.url), asyncApiDocument())
