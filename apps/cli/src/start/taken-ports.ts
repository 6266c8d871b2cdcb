import { printable } from '../text.ts'
import type { RunningService } from './ports.ts'

/** How `skillwatch start` names itself to the services that it starts. */
export const STARTED_BY_START = 'skillwatch start'
const LINE_LENGTH_MAX = 80
/** How the compose file names itself to its services. */
const STARTED_BY_COMPOSE = 'docker compose'

/** A port that a service needs and that is in use. */
export interface TakenPort {
  /** The service that needs it. */
  readonly name: string
  readonly port: number
  /** Its address for clients on this machine. */
  readonly url: string
  readonly portVariable: string
  /** A free port near it. */
  readonly freePort: number
  /** The Skillwatch service that uses it; undefined for another program. */
  readonly running: RunningService | undefined
}

/** Whether the running Skillwatch stores in the database that was to be started; undefined if not known. */
export type IsSameDatabase = boolean | undefined

/** What uses the ports and what to do about it, in lines of at most 80 columns apart from long paths. */
export function describeTakenPorts(taken: readonly TakenPort[], isSame: IsSameDatabase): string {
  const running = taken.flatMap((each) => each.running ?? [])
  const hasOther = running.length < taken.length
  const lines = [
    running.length > 0 && !hasOther
      ? 'Skillwatch runs already, so nothing was started:'
      : 'ports are in use, so nothing was started:',
    ...taken.map(describeHolder),
    ...describeDatabase(running, isSame),
    ...stopAdvice(running),
    ...(hasOther ? otherAdvice(taken) : []),
    ...secondAdvice(taken, isSame),
  ]
  return lines.join('\n')
}

function describeHolder({ name, port, running }: TakenPort): string {
  const needed = `  ${port} (${name})`.padEnd(22)
  if (running === undefined) return `${needed} another program`
  const holder = `Skillwatch's ${printable(running.service ?? 'service of an earlier version')}`
  const startedBy = running.started_by && `, started by ${printable(running.started_by)}`
  return `${needed} ${holder}${startedBy ?? processOf(running)}`
}

function processOf({ pid }: RunningService): string {
  return pid === undefined ? '' : `, process ${pid}`
}

function describeDatabase(running: readonly RunningService[], isSame: IsSameDatabase): string[] {
  if (isSame === undefined || running.length === 0) return []
  if (isSame) return ['It uses the same database, so there is nothing to start.']
  const paths = [...new Set(running.flatMap(({ database }) => database ?? []))]
  return ['It uses another database.', ...paths.map((path) => `  ${printable(path)}`)]
}

/** How each of the running programs is stopped. */
function stopAdvice(running: readonly RunningService[]): string[] {
  return [...new Set(running.map(stopLine))]
}

function stopLine({ started_by, pid, parent_pid }: RunningService): string {
  if (started_by === STARTED_BY_COMPOSE) return 'Stop it first: docker compose stop'
  if (started_by === STARTED_BY_START && parent_pid !== undefined)
    return `Stop it first: Ctrl-C in its window, or kill ${parent_pid}`
  return pid === undefined ? 'Stop it first, where it was started.' : `Stop it first: kill ${pid}`
}

function otherAdvice(taken: readonly TakenPort[]): string[] {
  const ports = taken.flatMap(({ running, port }) => (running === undefined ? [port] : []))
  return ports.map((port) => `Stop the other program: \`ss -ltnp\` or \`lsof -i :${port}\` names it.`)
}

/** The command that starts on other ports, beside what runs. */
function secondAdvice(taken: readonly TakenPort[], isSame: IsSameDatabase): string[] {
  const ports = taken.map(({ portVariable, freePort }) => `${portVariable}=${freePort}`).join(' ')
  const line = `  ${ports} npm start`
  const start = line.length <= LINE_LENGTH_MAX ? [line] : [`  ${ports} \\`, '  npm start']
  if (taken.every(({ running }) => running === undefined)) return ['Or use other ports:', ...start]
  if (isSame === false) return ['Or start beside it, on other ports:', ...start]
  return [
    'Or start a second one beside it, with other ports and another database:',
    `  ${ports} \\`,
    '  SKILLWATCH_DATABASE_URL=sqlite:./data/second.db npm start',
  ]
}
