import type { LinesSetAside } from '@skillwatch/client/spool/replay'
import type { Recorder } from '@skillwatch/db'
import { type AgentCall, type ParsedObservation, redactShapes } from '@skillwatch/schema'
import { canPass } from './can-pass.ts'
import { type JournalEntry, type JournalFile, openJournalFile } from './journal-file.ts'
import { type JournalGroup, toEntries, toGroups } from './journal-groups.ts'

export interface JournalOptions {
  /** The file; its folder is made when missing. */
  readonly path: string
  readonly recorder: Pick<Recorder, 'record' | 'recordAgentCalls'>
  /** Makes an observation private as its project demands, so that nothing is written in clear (R10). */
  readonly toPrivate: (projectId: number, observation: ParsedObservation) => ParsedObservation
  /**
   * Called when an entry could not be written before its commit, because the disk or the journal is full.
   */
  readonly onNotKept: () => void
  /** Called for each commit that was refused. If the cause can pass, the commit is tried again. */
  readonly onRefused: (error: unknown) => void
  /** Called for lines that can never be stored, when they are set aside beside the file. */
  readonly onSetAside: (aside: LinesSetAside) => void
  readonly bytesMax?: number
  readonly retryMs?: number
}

const BYTES_MAX = 64 * 1_048_576
const RETRY_MS = 1_000
/**
 * Commits of the journal's entries wait this long for others: while a commit is written, no hook is
 * answered.
 */
const COMMIT_WAIT_MS = 50

/**
 * Holds entries whose sender is answered before their commit. An entry survives the death of this process:
 * it is in the file before `take` returns, and leaves the file after its commit. See docs/adr/0009.
 */
export class Journal implements AsyncDisposable {
  readonly #options: JournalOptions
  readonly #file: JournalFile
  readonly #pending = new Set<Promise<void>>()
  /** Why entries of the file were refused that nothing is storing now. */
  #refusal: unknown
  /** Entries that can never be stored, as lines; a replay may find them again. */
  readonly #rejected = new Set<string>()
  #retryTimer: NodeJS.Timeout | undefined
  #isClosing = false

  /** Opens the file and starts to store the entries in it. @throws the file system's error */
  constructor(options: JournalOptions) {
    this.#options = options
    const { path, bytesMax = BYTES_MAX, onSetAside } = options
    this.#file = openJournalFile(path, { bytesMax, onSetAside })
    if (!this.#file.isEmpty) this.#track(this.#replay())
  }

  /** The entries in the file: those that an earlier process left, when called at once. */
  entries(): JournalEntry[] {
    return this.#file.read()
  }

  /** Writes an observation into the file and starts to store it; never throws. */
  take(projectId: number, given: ParsedObservation): void {
    try {
      // The private form is stored as well, so that a replay makes the same row.
      const observation = this.#options.toPrivate(projectId, given)
      this.#keep({ project_id: projectId, observation })
    } catch (error) {
      this.#options.onRefused(error)
    }
  }

  /** Does the same for the call that started a sub-agent, unless an id of it contains a secret (R10). */
  takeAgentCall(projectId: number, agentCall: AgentCall): void {
    const { session_id, agent_id, invocation_id } = agentCall
    if ([session_id, agent_id, invocation_id].some((id) => redactShapes(id) !== id)) return
    this.#keep({ project_id: projectId, agent_call: agentCall })
  }

  /**
   * Resolves when everything that was taken before is committed or can never be stored.
   * @throws {QueueFullError | StorageUnavailableError} entries remain that are tried again later
   */
  async flush(): Promise<void> {
    await Promise.all(this.#pending)
    if (this.#refusal === undefined) return
    await this.#track(this.#replay())
    if (this.#refusal !== undefined) throw this.#refusal
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#retryTimer)
    await Promise.all(this.#pending)
    this.#file.close()
  }

  #keep(entry: JournalEntry): void {
    if (!this.#file.append(entry)) this.#options.onNotKept()
    for (const group of toGroups([entry])) this.#track(this.#store(group))
  }

  /** @returns false when it was refused for now; a group that can never be stored does not delay others */
  async #store(group: JournalGroup): Promise<boolean> {
    try {
      await this.#send(group)
      return true
    } catch (error) {
      const isForNow = canPass(error)
      if (!isForNow && group.items.length > 1) return await this.#storeEach(group)
      this.#options.onRefused(error)
      if (isForNow) this.#retryLater(error)
      else this.#reject(group)
      return !isForNow
    }
  }

  async #send(group: JournalGroup): Promise<void> {
    const { recorder } = this.#options
    const { projectId, kind, items } = group
    if (kind === 'agent_call') return await recorder.recordAgentCalls(projectId, items)
    const outcomes = await recorder.record(projectId, items, { waitMsMax: COMMIT_WAIT_MS })
    this.#reject({ ...group, items: items.filter((_, index) => outcomes[index] === 'refused') })
  }

  #reject(group: JournalGroup): void {
    for (const entry of toEntries(group)) this.#rejected.add(JSON.stringify(entry))
  }

  async #storeEach(group: JournalGroup): Promise<boolean> {
    for (const item of group.items)
      if (!(await this.#store({ ...group, items: [item] } as JournalGroup))) return false
    return true
  }

  #track(work: Promise<unknown>): Promise<void> {
    const settled = work.then(() => {
      this.#pending.delete(settled)
      if (this.#pending.size === 0 && this.#refusal === undefined) this.#clear()
    })
    this.#pending.add(settled)
    return settled
  }

  #clear(): void {
    if (this.#file.isEmpty && this.#rejected.size === 0) return
    try {
      this.#file.clear([...this.#rejected])
      this.#rejected.clear()
    } catch (error) {
      // The lines stay in the file, and the next time that everything is stored tries again.
      this.#options.onRefused(error)
    }
  }

  #retryLater(refusal: unknown): void {
    this.#refusal = refusal
    if (this.#isClosing) return
    const { retryMs = RETRY_MS } = this.#options
    this.#retryTimer ??= setTimeout(() => this.#track(this.#replay()), retryMs).unref()
  }

  /** Stores all entries of the file, one group after the other, so that a long file fits into the queue. */
  async #replay(): Promise<void> {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    this.#refusal = undefined
    for (const group of toGroups(this.#file.read())) if (!(await this.#store(group))) return
  }
}
