import { findProject, openReader, type Reader } from '@skillwatch/db'
import { anObservation, NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { readScrapeData } from '../src/scrape-data.ts'
import { openTestExporter } from './support/test-exporter.ts'

test('everything in a scrape is of one commit, also when ingest commits between its reads', async () => {
  await using exporter = await openTestExporter()
  const projectId = findProject(exporter.writer, 'default')!.project_id
  await exporter.record(anObservation())
  const { sqlite } = exporter.writer
  let commits = 0
  // One more call, in every sum that a scrape reads.
  const commitOne = sqlite.transaction(() => {
    commits++
    for (const table of ['skill_live_series', 'witness_outcome']) {
      sqlite.exec(`update ${table} set invocation_count = invocation_count + 1`)
    }
    sqlite.exec(
      `update skill_metrics
        set invocation_count = invocation_count + 1, completed_count = completed_count + 1`,
    )
    sqlite.exec('update stream set last_offset = last_offset + 1')
  })
  using reader = openReader(exporter.databaseUrl)
  const interrupted: Reader = {
    ...reader,
    get db() {
      commitOne()
      return reader.db
    },
  }
  const { series, endedSkills, witnesses, changeOffset } = readScrapeData(interrupted, projectId, NOW_MS)
  expect(commits).toBeGreaterThan(3)
  expect(series[0]?.invocation_count).toBe(changeOffset)
  expect(endedSkills[0]?.ended_count).toBe(changeOffset)
  expect(witnesses[0]?.invocation_count).toBe(changeOffset)
})
