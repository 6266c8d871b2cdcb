import { writeFileSync } from 'node:fs'
import { temporaryFolder } from '@skillwatch/testkit'
import { migrateUp, openWriter } from '../src/index.ts'
import { dumpSchema } from '../src/sqlite/dump-schema.ts'

using folder = temporaryFolder()
using writer = openWriter(`sqlite:${folder.path}/empty.db`)
migrateUp(writer, 0)
writeFileSync(new URL('../schema.sql', import.meta.url), dumpSchema(writer))
