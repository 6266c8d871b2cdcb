import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'
import { sharedData } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { Transcript } from '../../../src/import/claude-code/transcript.ts'

const data = sharedData()
const folder = join(data ?? '', 'claude-code/claude-code-log/experiments-worktrees')

function readRecords(path: string): JsonObject[] {
  return readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The newest observation of each call of a transcript, by its id. */
function observationsOf(records: readonly JsonObject[]) {
  const transcript = new Transcript({})
  const observations = [
    ...records.flatMap((record) => transcript.read(record).observations),
    ...transcript.reportRunning(),
  ]
  return new Map(observations.map((each) => [each.invocation_id, each]))
}

/**
 * The prompt of what was written last by a person, or by the agent that gave the task, on the way up from a
 * record.
 */
function promptAbove(record: JsonObject, byUuid: ReadonlyMap<unknown, JsonObject>): unknown {
  for (
    let above = byUuid.get(record.parentUuid);
    above !== undefined;
    above = byUuid.get(above.parentUuid)
  ) {
    if (above.type === 'user' && typeof (above.message as JsonObject).content === 'string')
      return above.promptId
  }
  return undefined
}

function callIds({ message }: JsonObject): unknown[] {
  const content = isObject(message) && Array.isArray(message.content) ? message.content : []
  return content.filter((block) => isObject(block) && block.type === 'tool_use').map(({ id }) => id)
}

test.skipIf(data === undefined)(
  'each call of a real session belongs to the prompt that stands above it',
  () => {
    const prompts = new Map<unknown, number>()
    for (const path of globSync('**/*.jsonl', { cwd: folder })) {
      const records = readRecords(path)
      const byUuid = new Map(
        records.filter(({ uuid }) => uuid !== undefined).map((record) => [record.uuid, record]),
      )
      const observations = observationsOf(records)
      for (const record of records) {
        for (const id of callIds(record)) {
          const prompt = promptAbove(record, byUuid)
          expect(prompt).toBeTypeOf('string')
          expect(observations.get(id as string)?.prompt_id).toBe(prompt)
          prompts.set(prompt, (prompts.get(prompt) ?? 0) + 1)
        }
      }
    }
    expect([...prompts.values()].toSorted((a, b) => a - b)).toEqual([32, 85])
  },
)

test.skipIf(data === undefined)(
  'a built-in command of a real session is no part of the prompt before it',
  () => {
    const observations = observationsOf(readRecords('ef958aa1-0e93-49f0-bb71-150f63befcd1.jsonl'))
    const commands = [...observations.values()].filter(({ kind }) => kind === 'command')
    expect(commands).toMatchObject([
      { skill_name: 'exit', invocation_id: expect.stringMatching(/^command_8b5a/) },
    ])
    expect(commands[0]).not.toHaveProperty('prompt_id')
  },
)
