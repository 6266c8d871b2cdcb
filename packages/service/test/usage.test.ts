import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { environmentSchema } from '../src/config.ts'
import { answerArguments } from '../src/usage.ts'
import { VERSION } from '../src/version.ts'

const description = {
  summary: 'Records invocations.',
  environment: environmentSchema('INGEST', 8766, {
    INGEST_QUEUE_ITEMS_MAX: Type.Integer({ default: 20_000, description: 'Most observations that wait.' }),
  }),
}

test('help names every variable with its meaning and its default', () => {
  const answer = answerArguments('ingest', description, ['--help'])
  expect(answer?.exitCode).toBe(0)
  for (const variable of Object.keys(description.environment.properties))
    expect(answer?.text).toContain(`  ${variable}\n`)
  expect(answer?.text).toContain(
    '  INGEST_QUEUE_ITEMS_MAX\n      Most observations that wait.\n      Default: 20000',
  )
  expect(answer?.text).toMatch(
    /SKILLWATCH_ANONYMOUS_ACCESS\n.*\n\s+Default: loopback, one of loopback, allow, deny/,
  )
})

test('no line of the help is longer than 100 characters', () => {
  const lines = answerArguments('ingest', description, ['-h'])!.text.split('\n')
  expect(lines.filter((line) => line.length > 100)).toEqual([])
})

test('--version prints the version, other arguments are refused, none means run', () => {
  expect(answerArguments('ingest', description, ['--version'])).toEqual({ text: VERSION, exitCode: 0 })
  expect(answerArguments('ingest', description, ['--port=1'])).toMatchObject({
    exitCode: 2,
    text: expect.stringContaining('--port=1'),
  })
  expect(answerArguments('ingest', description, [])).toBeUndefined()
})
