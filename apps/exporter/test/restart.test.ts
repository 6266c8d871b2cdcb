import { createRecorder, findProject } from '@skillwatch/db'
import type { Observation } from '@skillwatch/schema'
import { anObservation, freePort, type RunningProcess, startProcess } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { samples } from './support/samples.ts'
import { openTestExporter, record } from './support/test-exporter.ts'

const BIN = new URL('../bin.mjs', import.meta.url).pathname

async function startExporter(databaseUrl: string): Promise<RunningProcess & { scrape(): Promise<string> }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const ready = async () => (await fetch(`${url}/health/ready`)).ok
  const env = { SKILLWATCH_DATABASE_URL: databaseUrl, EXPORTER_PORT: String(port) }
  const running = await startProcess({ args: [BIN], env, ready, timeoutMs: 60_000 })
  return Object.assign(running, { scrape: async () => await (await fetch(`${url}/metrics`)).text() })
}

/** Writes batches without a pause until the signal aborts. @returns how many invocations were committed */
async function load(
  write: (observations: Observation[]) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  while (!signal.aborted) {
    const batch = Array.from({ length: 50 }, (_, index) =>
      anObservation({
        skill_name: `skill-${(count + index) % 20}`,
        workflow_phase: index % 3 === 0 ? 'execution' : 'setup',
        outcome: index % 5 === 0 ? 'failed' : 'completed',
        execution_ms: index * 20,
      }),
    )
    await write(batch)
    count += batch.length
  }
  return count
}

test('no counter falls while the exporter is stopped, killed and started again under load', {
  timeout: 60_000,
}, async () => {
  await using part = await openTestExporter()
  const projectId = findProject(part.writer, 'default')!.project_id
  await using recorder = createRecorder(part.writer, { queueItemsMax: 10_000 })
  const stop = new AbortController()
  const loading = load((observations) => record(recorder, projectId, observations), stop.signal)

  let before = new Map<string, number>()
  const checkScrape = (text: string) => {
    const now = new Map(
      [...samples(text)].filter(([name]) => /^skill_(invocations_total|duration_seconds)/.test(name)),
    )
    for (const [name, value] of before) expect(now.get(name), name).toBeGreaterThanOrEqual(value)
    before = now
  }
  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
    const exporter = await startExporter(part.databaseUrl)
    for (let scrapes = 0; scrapes < 5; scrapes++) checkScrape(await exporter.scrape())
    exporter.kill(signal)
    await exporter.exited
  }
  stop.abort()
  const count = await loading
  await using exporter = await startExporter(part.databaseUrl)
  checkScrape(await exporter.scrape())
  const total = [...before].filter(([name]) => name.startsWith('skill_invocations_total'))
  expect(total.reduce((sum, [, value]) => sum + value, 0)).toBe(count)
})

test('SIGTERM ends the exporter with exit code 0', async () => {
  await using part = await openTestExporter()
  const exporter = await startExporter(part.databaseUrl)
  expect(await exporter.stop()).toEqual({ code: 0, signal: null })
})
