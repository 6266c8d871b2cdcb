import { createRecord, findProject, openReader, type Reader } from '@skillwatch/db'
import { parseObservation } from '@skillwatch/schema'
import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { readScrapeData } from '../src/scrape-data.ts'
import { openTestExporter } from './support/test-exporter.ts'

test('everything in a scrape is of one commit, also when ingest commits between its reads', async () => {
  await using exporter = await openTestExporter()
  const projectId = findProject(exporter.writer, 'default')!.project_id
  const record = createRecord(exporter.writer)
  let commits = 0
  const commitOne = () => {
    const result = parseObservation(anObservation(), Date.now(), () => `call-${++commits}`)
    if ('observation' in result) record([{ projectId, observations: [result.observation] }], Date.now())
  }
  using reader = openReader(exporter.databaseUrl)
  const interrupted: Reader = {
    ...reader,
    get db() {
      commitOne()
      return reader.db
    },
  }
  const { series, endedSkills, witnesses, changeOffset } = readScrapeData(interrupted, projectId, Date.now())
  expect(commits).toBeGreaterThan(3)
  expect(series[0]?.invocation_count).toBe(changeOffset)
  expect(endedSkills[0]?.ended_count).toBe(changeOffset)
  expect(witnesses[0]?.invocation_count).toBe(changeOffset)
})
