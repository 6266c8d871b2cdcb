import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { operatingDocument } from '../test/support/operating.ts'
import { ROOT } from '../test/support/repository.ts'

writeFileSync(join(ROOT, 'docs/OPERATING.md'), await operatingDocument())
