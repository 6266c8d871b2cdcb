import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appendToSpool } from '@skillwatch/client/spool'
import { anObservation, fixedClock, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from '../support.ts'

const segments = (folder: string) => readdirSync(folder).filter((name) => name.includes('ndjson'))

test('lines of the spool are stored when ingest listens, and later ones as they arrive', async () => {
  await using app = await testApp()
  const line = (invocation_id: string) => JSON.stringify(anObservation({ invocation_id }))
  appendToSpool(app.spoolFolder, line('before'), { now: fixedClock })
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  await until(async () => (await app.rows()).length === 1)
  appendToSpool(app.spoolFolder, line('after'), { now: fixedClock })
  appendToSpool(app.spoolFolder, line('before'), { now: fixedClock })
  await until(async () => (await app.rows()).length === 2)
  await until(() => segments(app.spoolFolder).length === 0)
  expect(await app.metricsText()).toContain('skillwatch_ingest_spool_lines_total{result="duplicate"} 1')
})

test('lines that are not observations are counted and set aside, and the others are stored', async () => {
  await using app = await testApp()
  const append = (line: string) => appendToSpool(app.spoolFolder, line, { now: fixedClock })
  append(JSON.stringify(anObservation({ invocation_id: 'good' })))
  append('{"skill_name":""}')
  appendFileSync(join(app.spoolFolder, 'shared.ndjson'), '{"half":')
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  await until(() => segments(app.spoolFolder).length === 0)
  const text = await app.metricsText()
  for (const result of ['accepted', 'rejected', 'unreadable']) {
    expect(text).toContain(`skillwatch_ingest_spool_lines_total{result="${result}"} 1`)
  }
  const aside = (reason: string) => readFileSync(join(app.spoolFolder, `spool.${reason}`), 'utf8').trim()
  expect(aside('rejected')).toBe('{"skill_name":""}')
  expect(aside('unreadable')).toBe('{"half":')
})

test('a line that the database cannot take does not hold up the lines after it', async () => {
  await using app = await testApp()
  app.writer.sqlite.exec(`create trigger refuse before insert on skill_invocation
    when new.skill_name = 'refused' begin select raise(abort, 'refused'); end`)
  const line = JSON.stringify(anObservation({ skill_name: 'refused' }))
  appendToSpool(app.spoolFolder, line, { now: fixedClock })
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  await until(() => segments(app.spoolFolder).length === 0)
  appendToSpool(app.spoolFolder, JSON.stringify(anObservation({ invocation_id: 'next' })), {
    now: fixedClock,
  })
  await until(async () => (await app.rows()).length === 1)
  expect(readFileSync(join(app.spoolFolder, 'spool.rejected'), 'utf8').trim()).toBe(line)
})

test('lines of the spool stay while the database refuses writes, and are stored afterwards', async () => {
  await using app = await testApp()
  appendToSpool(app.spoolFolder, JSON.stringify(anObservation({ invocation_id: 'kept' })), {
    now: fixedClock,
  })
  app.writer.sqlite.pragma('query_only = on')
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  await until(() => app.recorder.lastError !== undefined)
  expect(segments(app.spoolFolder)).toHaveLength(1)
  app.writer.sqlite.pragma('query_only = off')
  await until(async () => (await app.rows()).length === 1)
})
