import { anObservation, fixedClock, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { GroupCommits } from '../../src/recorder/group-commits.ts'
import { parsed } from '../database.ts'

const some = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => parsed(anObservation({ invocation_id: `${prefix}-${i}` })))

interface Given {
  readonly items: number
  answer(outcome: 'accepted' | Error): void
}

/** Groups of ten that are given to a writer which answers when the test says so. */
function groupsOfTen() {
  const given: Given[] = []
  const call = (_: string, jobs: { observations: unknown[] }[]) =>
    new Promise((resolve, reject) => {
      given.push({
        items: jobs.reduce((sum, job) => sum + job.observations.length, 0),
        answer: (outcome) => {
          if (outcome instanceof Error) return reject(outcome)
          const outcomes = jobs.map((job) => job.observations.map(() => outcome))
          resolve({ outcomes, refusals: {}, hasCascades: false, otherPhases: 0 })
        },
      })
    })
  const port = { path: '', call: call as never, close: async () => undefined }
  const options = { queueItemsMax: 100, groupRowsMax: 10, groupDelayMs: 0, now: fixedClock }
  return { given, groups: new GroupCommits(port, { ...options, onCommit: undefined }) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('while the writer has a group it is given one more, as soon as that is half full', async () => {
  const { given, groups } = groupsOfTen()
  const first = groups.add(1, some(10, 'a'), 0)
  await turn()
  const small = groups.add(1, some(4, 'b'), 0)
  await turn()
  expect(given.map(({ items }) => items)).toEqual([10])
  const more = groups.add(1, some(12, 'c'), 0)
  await until(() => given.length === 2)
  expect(given[1]!.items).toBe(10)
  given[0]!.answer('accepted')
  await first
  await until(() => given.length === 3)
  expect(given[2]!.items).toBe(6)
  given[1]!.answer('accepted')
  given[2]!.answer('accepted')
  expect([await small, await more].map((outcomes) => outcomes.length)).toEqual([4, 12])
  expect(groups.queue.items).toBe(0)
})

test('a request of which one part fails is answered once, and leaves the queue whole', async () => {
  const { given, groups } = groupsOfTen()
  const request = groups.add(1, some(24, 'a'), 0)
  await until(() => given.length === 2)
  given[0]!.answer(new Error('no room'))
  await expect(request).rejects.toThrow('no room')
  expect([groups.queue.items, groups.queue.waitingItems]).toEqual([0, 0])
  const next = groups.add(1, some(5, 'b'), 0)
  given[1]!.answer('accepted')
  await until(() => given.length === 3)
  expect(groups.queue.items).toBe(5)
  given[2]!.answer('accepted')
  expect(await next).toHaveLength(5)
  expect(groups.queue.items).toBe(0)
})
