import type { ServerMessage } from '@skillwatch/schema'
import { createLogger } from '@skillwatch/service'
import fc from 'fast-check'
import { Counter } from 'prom-client'
import { expect, test } from 'vitest'
import { ChangeLog } from '../../src/stream/change-log.ts'
import { openCursor } from '../../src/stream/cursor.ts'
import { compileFilter } from '../../src/stream/filter.ts'
import type { Subscription } from '../../src/stream/subscription.ts'
import { Tail } from '../../src/stream/tail.ts'
import { memoryLog } from '../support/memory-log.ts'
import { provenOffsets } from '../support/stream-client.ts'

/** Never reached by itself: the tests tick. */
const NEVER_MS = 1_000_000_000

function setUp() {
  const source = memoryLog()
  let nowMs = 0
  const lost: [Subscription, string][] = []
  const pollErrors = new Counter({ name: 'errors', help: 'errors', registers: [] })
  const clock = () => nowMs
  const tailOf = () =>
    new Tail({
      log: new ChangeLog(source, clock),
      pollMs: NEVER_MS,
      clock,
      logger: createLogger({ service: 'test', level: 'silent' }),
      pollErrors,
      onLost: (subscription, reason) => lost.push([subscription, reason]),
    })
  return { source, tailOf, lost, pollErrors, pass: (ms: number) => (nowMs += ms) }
}

function aSubscription(offset: number, phase: 'live' | 'replaying', skill_name?: string) {
  const messages: ServerMessage[] = []
  const state = { ready: true }
  const subscription: Subscription = {
    id: 's',
    filter: compileFilter(skill_name === undefined ? {} : { skill_name }),
    receiver: {
      isReady: () => state.ready,
      send: (message) => messages.push(JSON.parse(String(message))),
      close: () => undefined,
    },
    cursor: openCursor(offset, phase, 0),
  }
  const changes = () => messages.filter((message) => message.type === 'changes')
  return { subscription, messages, changes, state }
}

test('ranges meet and nothing is lost or doubled, however pauses, commits and time interleave', () => {
  const step = fc.oneof(
    fc.record({ commit: fc.array(fc.constantFrom('a', 'b'), { maxLength: 400 }) }),
    fc.record({ ready: fc.boolean() }),
    fc.record({ passMs: fc.nat(3_000) }),
  )
  const setting = fc.record({
    before: fc.nat(600),
    from: fc.constantFrom('start', 'middle', 'now'),
    skill: fc.constantFrom(undefined, 'a', 'never'),
    steps: fc.array(step, { maxLength: 60 }),
  })
  fc.assert(
    fc.property(setting, ({ before, from, skill, steps }) => {
      const { source, tailOf, pass } = setUp()
      source.append(...Array.from({ length: before }, (_, index) => ({ skill_name: index % 3 ? 'a' : 'b' })))
      const offset = from === 'start' ? 0 : from === 'middle' ? Math.floor(before / 2) : before
      const client = aSubscription(offset, from === 'now' ? 'live' : 'replaying', skill)
      const tail = tailOf()
      tail.add(client.subscription)
      for (const { commit, ready, passMs } of steps as {
        commit?: string[]
        ready?: boolean
        passMs?: number
      }[]) {
        source.append(...(commit ?? []).map((skill_name) => ({ skill_name })))
        client.state.ready = ready ?? client.state.ready
        pass(passMs ?? 1)
        tail.tick()
      }
      client.state.ready = true
      for (let ticks = 0; ticks < 200; ticks++) tail.tick()
      pass(1_000)
      tail.tick()
      tail.stop()

      const wanted = source.changes.filter((change) => change.offset > offset)
      const matching = wanted.filter(
        (change) => change.op === 'delete' || skill === undefined || change.invocation.skill_name === skill,
      )
      expect(provenOffsets(client.changes(), offset)).toEqual(matching.map((change) => change.offset))
      expect(client.changes().at(-1)?.to ?? offset).toBe(source.changes.length)
      expect(client.subscription.cursor.phase).toBe('live')
    }),
    { numRuns: 200 },
  )
})

test('a subscription whose filter matches no change gets an empty range once a second', () => {
  const { source, tailOf, pass } = setUp()
  const client = aSubscription(0, 'live', 'never')
  const tail = tailOf()
  tail.add(client.subscription)
  for (let tick = 0; tick < 400; tick++) {
    source.append({})
    pass(5)
    tail.tick()
  }
  tail.stop()
  expect(client.changes()).toMatchObject([
    { from: 1, to: 200, items: [] },
    { from: 201, to: 400, items: [] },
  ])
})

test('a client that was paused gets `caught_up` when it is live again', () => {
  const { source, tailOf } = setUp()
  const client = aSubscription(0, 'live')
  const tail = tailOf()
  tail.add(client.subscription)
  client.state.ready = false
  source.append({}, {})
  tail.tick()
  expect(client.messages).toEqual([])
  client.state.ready = true
  tail.tick()
  tail.tick()
  tail.stop()
  expect(client.messages).toMatchObject([
    { type: 'changes', from: 1, to: 2 },
    { type: 'caught_up', id: 's', offset: 2 },
  ])
})

test('long replays share the time: all advance, and live changes do not wait for them', () => {
  const { source, tailOf, pass } = setUp()
  source.append(...Array.from({ length: 5_000 }, () => ({})))
  const replays = Array.from({ length: 10 }, () => aSubscription(0, 'replaying'))
  const live = aSubscription(5_000, 'live')
  // Each message costs a replaying client more than the whole budget of a tick.
  for (const { subscription } of replays) {
    const { receiver } = subscription
    const { send } = receiver
    Object.assign(receiver, {
      send: (message: Buffer) => {
        pass(10)
        send(message)
      },
    })
  }
  const tail = tailOf()
  for (const { subscription } of [...replays, live]) tail.add(subscription)
  for (let tick = 0; tick < 10; tick++) {
    source.append({})
    tail.tick()
  }
  tail.stop()
  expect(replays.map(({ changes }) => changes().length)).toEqual(replays.map(() => 1))
  expect(live.changes()).toHaveLength(10)
})

test('trouble with the database is counted and tried again, and nothing is lost by it', () => {
  const { source, tailOf, pollErrors } = setUp()
  const client = aSubscription(0, 'live')
  const tail = tailOf()
  tail.add(client.subscription)
  source.append({})
  const { read } = source
  Object.assign(source, {
    read: () => {
      throw new Error('database is locked')
    },
  })
  tail.tick()
  tail.tick()
  Object.assign(source, { read })
  tail.tick()
  tail.stop()
  expect(client.changes()).toMatchObject([{ from: 1, to: 1 }])
  return expect(pollErrors.get()).resolves.toMatchObject({ values: [{ value: 2 }] })
})

test('when the log is replaced, its subscriptions are given up', () => {
  const { source, tailOf, lost, pass } = setUp()
  source.append({})
  const client = aSubscription(1, 'live')
  const tail = tailOf()
  tail.add(client.subscription)
  source.epoch = 'epoch-2'
  pass(1_000)
  tail.tick()
  tail.stop()
  expect(lost).toEqual([[client.subscription, 'replaced']])
})

test('a replay whose next change has been removed is given up, and disturbs no other', () => {
  const { source, tailOf, lost } = setUp()
  source.append(...Array.from({ length: 20 }, () => ({})))
  source.oldestOffset = 11
  const old = aSubscription(5, 'replaying')
  const other = aSubscription(10, 'replaying')
  const tail = tailOf()
  tail.add(old.subscription)
  tail.add(other.subscription)
  tail.tick()
  tail.stop()
  expect(lost).toEqual([[old.subscription, 'gap']])
  expect(other.changes()).toMatchObject([{ from: 11, to: 20 }])
})

test('a replay sends an empty range for changes that its filter ignores before `caught_up`', () => {
  const { source, tailOf } = setUp()
  source.append(...Array.from({ length: 300 }, () => ({})))
  const client = aSubscription(0, 'replaying', 'never')
  const tail = tailOf()
  tail.add(client.subscription)
  tail.tick()
  tail.tick()
  tail.stop()
  expect(client.messages).toEqual([
    { type: 'changes', id: 's', from: 1, to: 300, items: [] },
    { type: 'caught_up', id: 's', offset: 300 },
  ])
})
