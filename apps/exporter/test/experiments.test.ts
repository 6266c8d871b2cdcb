import { createRecorder } from '@skillwatch/db'
import { parseExperiment, parseExperimentRecord } from '@skillwatch/schema'
import { fixedClock, NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { linesOf } from './support/samples.ts'
import { openTestExporter } from './support/test-exporter.ts'

test('a running experiment shows the users of its smaller group beside those that it needs', async () => {
  await using exporter = await openTestExporter()
  await using recorder = createRecorder(exporter.writer, { queueItemsMax: 100, now: fixedClock })
  expect(linesOf(await exporter.scrape(), 'ab_test_samples_total')).toEqual([])
  for (const test_name of ['prompts', 'other']) {
    const strategies = { control_strategy: 'plain', treatment_strategy: 'step-by-step' }
    const created = parseExperiment({ test_name, ...strategies, min_sample_size: 150 }, NOW_MS)
    if ('pointer' in created) throw new TypeError(created.reason)
    await recorder.experiments.create(1, created.experiment)
  }
  const users = Array.from({ length: 40 }, (_, index) => ({
    test_name: 'prompts',
    user_id: `user-${index}`,
  }))
  const records = users.flatMap((user) => [
    { type: 'assignment', ...user },
    { type: 'outcome', ...user, skill_name: 'plan', completed: true },
  ])
  const results = await recorder.experiments.record(
    1,
    records.map((value) => {
      const parsed = parseExperimentRecord(value, NOW_MS, () => crypto.randomUUID())
      if ('pointer' in parsed) throw new TypeError(parsed.reason)
      return parsed.record
    }),
  )
  const control = results.filter((each) => 'group_name' in each && each.group_name === 'control').length / 2
  const smaller = Math.min(control, 40 - control)
  expect(linesOf(await exporter.scrape(), 'ab_test_samples_total')).toEqual([
    `ab_test_samples_total{test_name="prompts"} ${smaller}`,
    'ab_test_samples_total{test_name="other"} 0',
  ])
  await recorder.experiments.end(1, 'other', 'stopped')
  expect(linesOf(await exporter.scrape(), 'ab_test_min_sample_size')).toEqual([
    'ab_test_min_sample_size{test_name="prompts"} 150',
  ])
})
