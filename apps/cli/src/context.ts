import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Settings } from './settings.ts'

export type Format = Parameters<typeof styleText>[0]

/** A place to write to: a terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'hasColors'>>

/** What every command gets from the world; nothing else of the process is touched by commands. */
export interface CommandContext {
  readonly stdout: Output
  readonly stderr: Output
  /** Whether stdout is a terminal: progress bars and coloured marks make sense. */
  readonly isTty: boolean
  readonly settings: Settings
  /** The environment as given, only to be handed on to child processes. */
  readonly env: NodeJS.ProcessEnv
  /** Aborted on Ctrl-C, SIGTERM, or when the reader of stdout has gone. */
  readonly signal: AbortSignal
  /** Exit code when the command returns normally; 1 says "done, and the answer is no" (differences, something broken). */
  exitCode: 0 | 1
}

export function createContext(options: Omit<CommandContext, 'isTty' | 'exitCode'>): CommandContext {
  return { ...options, isTty: options.stdout.isTTY === true, exitCode: 0 }
}

/** Styles text for an output; plain where the output is no terminal or colour is switched off (NO_COLOR). */
export function style(output: Output, format: Format, text: string): string {
  return styleText(format, text, { stream: output as NodeJS.WritableStream, validateStream: true })
}

/** Writes one line for a program or a person to read. */
export function print(context: CommandContext, line = ''): void {
  context.stdout.write(`${line}\n`)
}

/** Writes one line for a person: explanations, progress, warnings. */
export function note(context: CommandContext, line: string): void {
  context.stderr.write(`${line}\n`)
}
