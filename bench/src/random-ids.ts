import { temporaryFolder } from '@skillwatch/testkit'
import { processorSeconds } from './harness/processor-time.ts'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { chunks } from './parts/chunks.ts'
import { fillDatabase } from './parts/fill.ts'
import { createHttpLoad, type HttpLoad, toBody } from './parts/http-load.ts'
import { createObservations, type ObservationSource } from './parts/observations.ts'
import { orderedToolUseId, randomToolUseId } from './parts/random.ts'
import { type RunningService, readCommits, startService } from './parts/services.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 20_000
const EVENTS_PER_RUN = 10_000
const BATCH = 100
const CONNECTIONS = 8

/**
 * How much more does an event cost with a random id than with an ordered one, when the database is large?
 *
 * Two databases of 1,000,000 calls (`--rows`), one filled with random ids and one with ordered ids of the
 * same length. Each run sends 10,000 new calls to each. The commit time comes from ingest's own metrics,
 * divided by the events; it holds no HTTP. Ours: random ids. Baseline: ordered ids.
 */
export const randomIds: Question = {
  name: 'random-ids',
  asks: 'µs an event with random ids at 1,000,000 rows (--rows)',
  baseline: 'the same with ordered ids',
  measures: [
    { name: 'random_ids_commit', unit: 'µs', goal: null },
    { name: 'random_ids_cpu', unit: 'µs', goal: null },
  ],
  isLong: true,
  open,
}

interface Side {
  readonly ingest: RunningService
  readonly load: HttpLoad
  readonly source: ObservationSource
}

async function open({ quick, rows = quick ? QUICK_ROWS : ROWS }: QuestionOptions): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const openSide = async (name: string, source: ObservationSource): Promise<Side> => {
    const databaseUrl = `sqlite:${folder.path}/${name}.db`
    await fillDatabase(databaseUrl, rows, (count) => source.take(count, Date.now()))
    const ingest = await startService('ingest', databaseUrl)
    stack.use(ingest.process)
    return { ingest, load: stack.use(createHttpLoad(ingest.url, CONNECTIONS)), source }
  }
  const random = await openSide(
    'random',
    createObservations((_number, _nowMs, next) => randomToolUseId(next)),
  )
  const ordered = await openSide('ordered', createObservations(orderedToolUseId))

  const running = stack.move()
  return {
    ours: () => measureSide(random),
    baseline: () => measureSide(ordered),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function measureSide({ ingest, load, source }: Side): Promise<Values> {
  const bodies = chunks(source.take(EVENTS_PER_RUN, Date.now()), BATCH).map(toBody)
  const before = await readCommits(ingest.url)
  const cpuBefore = processorSeconds(ingest.pid)
  await load.postAll(bodies)
  const cpuSeconds = processorSeconds(ingest.pid) - cpuBefore
  const after = await readCommits(ingest.url)
  return {
    random_ids_commit: ((after.seconds - before.seconds) / EVENTS_PER_RUN) * 1e6,
    random_ids_cpu: (cpuSeconds / EVENTS_PER_RUN) * 1e6,
  }
}
