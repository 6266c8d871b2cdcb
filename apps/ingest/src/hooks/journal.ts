import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { QueueFullError, type Recorder, StorageUnavailableError } from '@skillwatch/db'
import type { ParsedObservation } from '@skillwatch/schema'

export interface JournalOptions {
  /** The file; its folder is made when missing. */
  readonly path: string
  readonly recorder: Pick<Recorder, 'record'>
  /** The observation as a project lets it be kept; what is given is never written in clear (R10). */
  readonly toPrivate: (projectId: number, observation: ParsedObservation) => ParsedObservation
  /** Told when an observation could not be kept before its commit: the disk or the journal is full. */
  readonly onNotKept: () => void
  /** Told of each commit that was refused. Where the cause can pass, it is tried again. */
  readonly onRefused: (error: unknown) => void
  readonly bytesMax?: number
  readonly retryMs?: number
}

/**
 * Keeps observations whose sender gets its answer before their commit. What it has taken survives the death of this
 * process: it is in the file before `take` returns, and leaves it after the commit. See docs/adr/0009.
 */
export interface Journal extends AsyncDisposable {
  /** Keeps an observation and has it stored; returns at once and never throws. */
  take(projectId: number, observation: ParsedObservation): void
}

/** One line of the file. */
interface Entry {
  readonly project_id: number
  readonly observation: ParsedObservation
}

const BYTES_MAX = 64 * 1_048_576
const RETRY_MS = 1_000
/** What is kept here can wait: while a commit goes to the disk, no hook is answered. */
const COMMIT_WAIT_MS = 50
/** Observations stored at once while the file is read again. */
const GROUP_ITEMS = 500

/** Opens the file and stores what an earlier process has left in it. @throws the file system's error */
export function openJournal(options: JournalOptions): Journal {
  const {
    path,
    recorder,
    toPrivate,
    onNotKept,
    onRefused,
    bytesMax = BYTES_MAX,
    retryMs = RETRY_MS,
  } = options
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'a', 0o600)
  let bytes = fstatSync(file).size
  let isClosing = false
  /** Whether the file holds something that nobody is storing. */
  let isOwed = bytes > 0
  let retryTimer: NodeJS.Timeout | undefined
  const underWay = new Set<Promise<void>>()

  function keep(entry: Entry): void {
    const chunk = Buffer.from(`\n${JSON.stringify(entry)}\n`)
    let written = 0
    try {
      if (bytes + chunk.length <= bytesMax) written = writeSync(file, chunk)
    } catch {
      // Told below: a full disk must not disturb the agent, and the commit is tried all the same.
    }
    bytes += written
    if (written < chunk.length) onNotKept()
  }

  /** @returns false when it was refused for now; what can never be stored is told, and does not hold up others */
  async function store(projectId: number, observations: readonly ParsedObservation[]): Promise<boolean> {
    try {
      await recorder.record(projectId, observations, { waitMsMax: COMMIT_WAIT_MS })
      return true
    } catch (error) {
      const passes = error instanceof QueueFullError || error instanceof StorageUnavailableError
      if (!passes && observations.length > 1) return await storeEach(projectId, observations)
      onRefused(error)
      isOwed ||= passes
      return !passes
    }
  }

  async function storeEach(projectId: number, observations: readonly ParsedObservation[]): Promise<boolean> {
    for (const observation of observations) if (!(await store(projectId, [observation]))) return false
    return true
  }

  function track(work: Promise<unknown>): void {
    const settled = work.then(() => {
      underWay.delete(settled)
      if (underWay.size === 0) clearOrRetry()
    })
    underWay.add(settled)
  }

  /** Empties the file when everything in it is committed; what was refused is tried again from the file. */
  function clearOrRetry(): void {
    if (isOwed && !isClosing) retryTimer ??= setTimeout(() => track(replay()), retryMs).unref()
    if (isOwed || bytes === 0) return
    ftruncateSync(file, 0)
    bytes = 0
  }

  /** In turns, so that a long file finds room in the queue. */
  async function replay(): Promise<void> {
    retryTimer = undefined
    isOwed = false
    for (const { projectId, observations } of inGroups(readEntries(path))) {
      if (!(await store(projectId, observations))) return
    }
  }

  if (isOwed) track(replay())
  return {
    take(projectId, given) {
      let observation: ParsedObservation
      try {
        observation = toPrivate(projectId, given)
      } catch (error) {
        return onRefused(error)
      }
      // The very same is stored, so that a replay makes the same row.
      keep({ project_id: projectId, observation })
      track(store(projectId, [observation]))
    },
    async [Symbol.asyncDispose]() {
      isClosing = true
      clearTimeout(retryTimer)
      await Promise.all(underWay)
      closeSync(file)
    },
  }
}

/** A line that was cut by the end of its process was never answered for. */
function readEntries(path: string): Entry[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').flatMap((line) => parseEntry(line) ?? [])
}

function parseEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}

function inGroups(entries: readonly Entry[]): { projectId: number; observations: ParsedObservation[] }[] {
  const groups: { projectId: number; observations: ParsedObservation[] }[] = []
  for (const { project_id, observation } of entries) {
    const last = groups.at(-1)
    if (last?.projectId === project_id && last.observations.length < GROUP_ITEMS)
      last.observations.push(observation)
    else groups.push({ projectId: project_id, observations: [observation] })
  }
  return groups
}
