import { renameSync, unlinkSync, utimesSync } from 'node:fs'

// Several processes work in one folder, so a file may be renamed or deleted by another one at any moment.

/** @returns false when the file does not exist any more */
export function renameIfPresent(from: string, to: string): boolean {
  return ignoreMissing(() => renameSync(from, to) ?? true) ?? false
}

export function removeIfPresent(path: string): void {
  ignoreMissing(() => unlinkSync(path))
}

/** Sets the file's time. */
export function touchIfPresent(path: string, nowMs: number): void {
  const time = new Date(nowMs)
  ignoreMissing(() => utimesSync(path, time, time))
}

/** @returns undefined when the file or folder does not exist */
export function ignoreMissing<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
