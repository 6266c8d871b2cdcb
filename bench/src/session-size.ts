import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { createHttpLoad } from './parts/http-load.ts'
import { startService } from './parts/services.ts'
import { ADDITIONS, createSession } from './session-parts/sessions.ts'
import { SessionsOfOneSize } from './session-parts/sessions-of-one-size.ts'

const BASELINE_SIZE = 10
const SIZES = [100, 1_000, 10_000]
const QUICK_SIZES = [100]
/**
 * Calls of all sessions of one size: small sessions are many, so that measuring does not change their size
 * much.
 */
const CALLS_PER_SIZE = 2_000
/** Transactions begin at once, so that the time is that of the work; filling makes few of them. */
const SETTINGS = {
  INGEST_GROUP_DELAY_MS: '0',
  INGEST_GROUP_ROWS_MAX: '20000',
}

/**
 * What does one more event cost in a long session?
 *
 * Ours: sessions of 100, 1,000 and 10,000 calls, ten to a prompt; every second skill call has a log record
 * of its activation. Measured is the processor time that ingest takes for one request over HTTP: a skill,
 * tool or agent call, a log record of a skill that was activated (it stays uncorrelated), or a second
 * witness with other times of a known call. Baseline: the same in a session of 10 calls, so a ratio near 1
 * means that the length of the session does not matter.
 */
export const sessionSize: Question = question(
  'session-size',
  'session',
  'ten calls to a prompt',
  (number) => `prompt-${Math.floor(number / 10)}`,
)

/** The same with all calls of a session in one prompt. */
export const sessionOfOnePrompt: Question = question(
  'session-of-one-prompt',
  'prompt',
  'one prompt',
  () => 'prompt',
)

function question(
  name: string,
  prefix: string,
  layout: string,
  promptOf: (number: number) => string,
): Question {
  return {
    name,
    asks: `milliseconds for one more event in sessions of ${SIZES.join(', ')} calls, ${layout}`,
    baseline: `the same in a session of ${BASELINE_SIZE} calls`,
    measures: SIZES.flatMap((size) =>
      ADDITIONS.map((addition) => ({
        name: nameOf(prefix, addition, size),
        unit: 'ms',
        goal: null,
      })),
    ),
    isLong: true,
    open: (options) => open(prefix, promptOf, options),
  }
}

async function open(
  prefix: string,
  promptOf: (number: number) => string,
  { quick }: QuestionOptions,
): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const small = await openSessions(stack, BASELINE_SIZE, promptOf)
  const large: SessionsOfOneSize[] = []
  for (const size of quick ? QUICK_SIZES : SIZES) large.push(await openSessions(stack, size, promptOf))
  const measureAll = async (measured: (size: number) => SessionsOfOneSize): Promise<Values> => {
    const entries: [string, number][] = []
    for (const size of SIZES) {
      for (const addition of ADDITIONS)
        entries.push([nameOf(prefix, addition, size), await measured(size).measure(addition)])
    }
    return Object.fromEntries(entries)
  }
  const running = stack.move()
  return {
    ours: () => measureAll((size) => large.find((each) => each.size === size) ?? large.at(-1)!),
    baseline: () => measureAll(() => small),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function nameOf(prefix: string, addition: string, size: number): string {
  return `${prefix}_${size}_${addition}`
}

async function openSessions(
  stack: AsyncDisposableStack,
  size: number,
  promptOf: (number: number) => string,
): Promise<SessionsOfOneSize> {
  const folder = stack.use(temporaryFolder())
  const ingest = await startService('ingest', `sqlite:${folder.path}/skillwatch.db`, SETTINGS)
  stack.use(ingest.process)
  const load = stack.use(createHttpLoad(ingest.url, 1))
  const count = Math.max(1, Math.round(CALLS_PER_SIZE / size))
  const sessions = Array.from({ length: count }, (_, index) =>
    createSession(size, `session-${index}`, (number) => `${index}-${promptOf(number)}`),
  )
  const opened = new SessionsOfOneSize(size, sessions, { ingest, load })
  await opened.fill()
  return opened
}
