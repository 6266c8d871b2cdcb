import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { VERSION } from '../src/index.ts'

test('the version is the one of package.json', () => {
  expect(VERSION).toBe(manifest.version)
})
