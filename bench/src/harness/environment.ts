import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** When, where and on which commit the numbers were measured. */
export interface Environment {
  readonly measured_at: string
  readonly cpu: string
  readonly cores: number
  readonly memory_bytes: number
  readonly kernel: string
  readonly open_files_max: string
  readonly node: string
  readonly commit: string
  /** Whether files differed from that commit; null without a Git history. */
  readonly dirty: boolean | null
  /** Of the last minute, when the first run began. */
  readonly load_average: number
}

/** @param root of the repository */
export function readEnvironment(root: string, now: Date): Environment {
  return {
    measured_at: now.toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    kernel: `${type()} ${release()}`,
    open_files_max: openFilesMax(),
    node: process.version,
    commit: git(root, 'rev-parse', 'HEAD') ?? 'unknown',
    dirty: isDirty(root),
    load_average: loadavg()[0]!,
  }
}

export function describeEnvironment(environment: Environment): string {
  const { cpu, cores, memory_bytes, kernel, open_files_max, node, commit, dirty, load_average } = environment
  return [
    `machine   ${cpu}, ${cores} cores, ${(memory_bytes / 2 ** 30).toFixed(1)} GiB`,
    `system    ${kernel}, ${open_files_max} open files`,
    `node      ${node}`,
    `commit    ${commit}${dirty ? ' and changes not committed' : ''}`,
    `load      ${load_average.toFixed(2)} before the first run`,
  ].join('\n')
}

function isDirty(root: string): boolean | null {
  // The results that the bench itself writes are not part of what it measures.
  const status = git(root, 'status', '--porcelain', '--', '.', ':!bench/results')
  return status === undefined ? null : status !== ''
}

function git(root: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    // A copy without its Git history can be measured too.
    return undefined
  }
}

function openFilesMax(): string {
  const limits = process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : ''
  return /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? 'unknown'
}
