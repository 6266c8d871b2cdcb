import { readFile } from 'node:fs/promises'
import type { Observation } from '@skillwatch/schema'
import { freePort, machineNowMs, type RunningProcess, startProcess, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { HOUR_MS } from './support/calls.ts'
import { startIngestDouble } from './support/ingest-double.ts'
import { type RecordedDatabase, recordedDatabase } from './support/recorded.ts'

const BIN = new URL('../bin.mjs', import.meta.url).pathname

interface AnalystProcess extends RunningProcess {
  readonly address: string
  metric(name: string): Promise<number>
}

async function startAnalyst(
  { url }: RecordedDatabase,
  ingestUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<AnalystProcess> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [BIN],
    env: {
      SKILLWATCH_DATABASE_URL: url,
      ANALYST_PORT: String(port),
      ANALYST_INGEST_URL: ingestUrl,
      ...more,
    },
    ready: async () => (await fetch(`${address}/health/ready`)).ok,
  })
  return Object.assign(running, {
    address,
    metric: async (name: string) => {
      const text = await (await fetch(`${address}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`skillwatch_analyst_${name} `))
      return Number(line?.split(' ').at(-1))
    },
  })
}

/** Skills with a call every four hours over 60 days before now, which take seconds to analyse. */
function longHistory(skills: number, nowMs: number): Observation[] {
  return Array.from({ length: skills * 360 }, (_, index) => ({
    invocation_id: `call-${index}`,
    skill_name: `skill-${index % skills}`,
    session_id: `session-${index}`,
    invoked_at: nowMs - Math.floor(index / skills) * 4 * HOUR_MS - 60_000,
    outcome: 'completed' as const,
    elapsed_ms: 1_000,
  }))
}

/** The processes that an analyst has started. */
async function childrenOf({ pid }: RunningProcess): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

/** Seconds of processor time that a process has used (proc_pid_stat(5)); a tick is a hundredth. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Waits until a run has read the database, and is in the middle of its computation. */
async function middleOfRun(analyst: AnalystProcess): Promise<number> {
  await until(async () => (await analyst.metric('running')) === 1)
  const [pid] = await until(async () => {
    const children = await childrenOf(analyst)
    return children.length === 1 && children
  })
  await until(async () => (await processorSeconds(pid!)) > 3)
  return pid!
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('it runs at its start, reports, and ends with exit code 0 on SIGTERM', async () => {
  await using database = await recordedDatabase()
  await using ingest = await startIngestDouble()
  await using analyst = await startAnalyst(database, ingest.url)
  await until(() => ingest.posts.length > 0)
  await until(async () => (await analyst.metric('runs_total{result="completed"}')) === 1)
  expect(await analyst.metric('active')).toBe(1)
  expect(await analyst.stop()).toEqual({ code: 0, signal: null })
})

test('in the middle of a run it answers health, ends within 5 s of SIGTERM, and reports nothing', async () => {
  const nowMs = machineNowMs()
  await using database = await recordedDatabase(longHistory(60, nowMs), nowMs)
  await using ingest = await startIngestDouble()
  await using analyst = await startAnalyst(database, ingest.url)
  const child = await middleOfRun(analyst)
  for (let checks = 0; checks < 20; checks += 1) {
    const response = await fetch(`${analyst.address}/health/live`)
    expect(await response.json()).toMatchObject({ status: 'ok', service: 'analyst' })
  }
  expect(await analyst.metric('running')).toBe(1)
  const startedMs = performance.now()
  expect(await analyst.stop()).toEqual({ code: 0, signal: null })
  expect(performance.now() - startedMs).toBeLessThan(5_000)
  expect(isAlive(child)).toBe(false)
  expect(ingest.posts).toEqual([])
})

test('when it is killed in the middle of a run, the run ends with it and reports nothing', async () => {
  const nowMs = machineNowMs()
  await using database = await recordedDatabase(longHistory(60, nowMs), nowMs)
  await using ingest = await startIngestDouble()
  await using analyst = await startAnalyst(database, ingest.url)
  const child = await middleOfRun(analyst)
  analyst.kill('SIGKILL')
  // The run by itself would take several times as long.
  await until(() => !isAlive(child), { timeoutMs: 5_000 })
  expect(ingest.posts).toEqual([])
})

test('a second analyst of a database does nothing until the first one was killed', async () => {
  await using database = await recordedDatabase()
  await using ingest = await startIngestDouble()
  await using first = await startAnalyst(database, ingest.url)
  await until(() => ingest.posts.length === 1)
  await using second = await startAnalyst(database, ingest.url)
  await until(() => second.output().includes('another analyst works on this database'))
  expect(await second.metric('active')).toBe(0)
  expect(ingest.posts).toHaveLength(1)
  first.kill('SIGKILL')
  await until(() => ingest.posts.length === 2)
  expect(await second.metric('active')).toBe(1)
})

test('it does not listen on other addresses without API keys', async () => {
  await using database = await recordedDatabase()
  await using ingest = await startIngestDouble()
  const start = startAnalyst(database, ingest.url, { ANALYST_HOST: '0.0.0.0' })
  await expect(start).rejects.toThrow(/will not listen on 0\.0\.0\.0 without API keys/)
})
