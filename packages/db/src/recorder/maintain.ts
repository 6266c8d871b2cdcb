import type { CommandName, WriterPort } from './commands.ts'
import { asUnavailable, type GroupCommits } from './group-commits.ts'

/** Runs work of our own: whether it went well is remembered in `lastError`. */
export function maintain(
  port: WriterPort,
  groups: GroupCommits,
  command: 'prune' | 'probe',
  ...parameters: number[]
): void {
  if (groups.isPaused) return
  const call = port.call as (name: CommandName, ...all: number[]) => Promise<unknown>
  call(command, ...parameters).then(
    () => {
      groups.lastError = undefined
    },
    (error: unknown) => {
      groups.lastError = asUnavailable(error) ?? groups.lastError
    },
  )
}
