import { appendFileSync, existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isSegment } from '@skillwatch/client/spool'
import { formerSpoolFolder, formerSpoolOwner, lockFile } from '@skillwatch/db'
import type { FastifyBaseLogger } from 'fastify'
import { JOURNAL, SPOOL_LOCK } from './claim-spool.ts'

export interface FormerSpoolOptions {
  readonly databasePath: string
  readonly logger: Pick<FastifyBaseLogger, 'warn'>
}

/**
 * The spool that earlier versions used for all databases of a folder, where it is this database's. Hooks
 * that an earlier version set up still write to it, so it may appear at any time.
 */
export class FormerSpool implements Disposable {
  readonly #options: FormerSpoolOptions
  readonly #folder: string
  #isOurs: boolean | undefined
  #lock: Disposable | undefined

  constructor(options: FormerSpoolOptions) {
    this.#options = options
    this.#folder = formerSpoolFolder(options.databasePath)
  }

  /** The folder, while it exists, is this database's and no other process stores what is in it. */
  folder(): string | undefined {
    if (!existsSync(this.#folder)) {
      this.#unlock()
      return undefined
    }
    this.#isOurs ??= this.#decide()
    if (!this.#isOurs) return undefined
    this.#lock ??= lockFile(join(this.#folder, SPOOL_LOCK))
    return this.#lock && this.#folder
  }

  /** Moves the lines of its journal to the end of another one, which must not be open. Never throws. */
  moveJournalTo(path: string): void {
    try {
      const folder = this.folder()
      const former = folder && join(folder, JOURNAL)
      if (former === undefined || !existsSync(former)) return
      // When this process ends in between, both files have the lines: storing them twice changes nothing.
      appendFileSync(path, readFileSync(former), { mode: 0o600, flush: true })
      rmSync(former)
    } catch (err) {
      this.#options.logger.warn(
        { err, folder: this.#folder },
        'the journal of an earlier version cannot be moved; the next start tries again',
      )
    }
  }

  /** Leaves the folder to others, and removes it when nothing is in it. */
  [Symbol.dispose](): void {
    if (this.#lock === undefined) return
    this.#unlock()
    try {
      if (readdirSync(this.#folder).some((name) => name !== SPOOL_LOCK)) return
      rmSync(join(this.#folder, SPOOL_LOCK), { force: true })
      rmdirSync(this.#folder)
    } catch {
      // A hook has written to it meanwhile, or it does not exist any more.
    }
  }

  #unlock(): void {
    this.#lock?.[Symbol.dispose]()
    this.#lock = undefined
  }

  #decide(): boolean {
    const { databasePath, logger } = this.#options
    const owner = formerSpoolOwner(databasePath)
    if (owner === undefined && hasLines(this.#folder))
      logger.warn(
        { folder: this.#folder },
        'what an earlier version left here may be of any database beside it; move the files to the folder ' +
          '<database>-spool of one of them',
      )
    return owner === databasePath
  }
}

function hasLines(folder: string): boolean {
  return readdirSync(folder).some((name) => isSegment(name) || name === JOURNAL)
}
