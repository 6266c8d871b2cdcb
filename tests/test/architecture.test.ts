import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { anObservation, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { record } from './support/post.ts'
import { ROOT, readText } from './support/repository.ts'
import { createSkillwatch } from './support/skillwatch.ts'

/** A reader who follows one observation from the request to its row opens at most so many files. */
const FILES_MAX = 20

/** What Node writes into the folder `NODE_V8_COVERAGE`, a file per thread. */
interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly functionName: string
      readonly ranges: readonly { readonly count: number }[]
    }[]
  }[]
}

/** The rows of the table in docs/ARCHITECTURE.md, as `file function`. */
function documentedPath(): string[] {
  const [, section] = readText('docs/ARCHITECTURE.md').split('### The files on that path\n')
  const [table] = section!.split('\n## ')
  return [...table!.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|/gm)].map(([, file, name]) => `${file} ${name}`)
}

function functionsThatRan(coverageFolder: string): Set<string> {
  const root = `${pathToFileURL(ROOT).href}/`
  const coverages = readdirSync(coverageFolder).map(
    (file) => JSON.parse(readFileSync(join(coverageFolder, file), 'utf8')) as Coverage,
  )
  return new Set(
    coverages
      .flatMap(({ result }) => result)
      .filter(({ url }) => url.startsWith(root))
      .flatMap(({ url, functions }) =>
        functions
          .filter(({ ranges }) => ranges[0]!.count > 0)
          .map(({ functionName }) => `${url.slice(root.length)} ${functionName}`),
      ),
  )
}

test('a posted observation runs the path in docs/ARCHITECTURE.md, which has at most 20 files', async () => {
  const path = documentedPath()
  expect(path.length).toBeGreaterThan(0)
  expect(path.length).toBeLessThanOrEqual(FILES_MAX)

  using folder = temporaryFolder()
  await using skillwatch = await createSkillwatch({ NODE_V8_COVERAGE: folder.path })
  const ingest = await skillwatch.start('ingest')
  await record(skillwatch.urls.ingest, [anObservation()], 'json')
  await ingest.stop()

  const ran = functionsThatRan(folder.path)
  expect(path.filter((step) => !ran.has(step))).toEqual([])
})
