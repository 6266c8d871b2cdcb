import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { environmentWithMachineClock, freePort } from '@skillwatch/testkit'
import { ROOT } from './repository.ts'

const run = promisify(execFile)

/**
 * The services of the compose file that the tests start: all but Grafana, whose image cannot be fetched
 * everywhere.
 */
export const COMPOSE_SERVICES = ['ingest', 'ws-gateway', 'exporter', 'analyst', 'prometheus']

export interface Compose {
  readonly urls: Readonly<Record<'ingest' | 'wsGateway' | 'exporter' | 'prometheus', string>>
  /** Runs `docker compose` on the project of the test and answers with what it wrote to standard output. */
  compose(...args: string[]): Promise<string>
  /** The same project with other variables of the compose file. */
  withVariables(variables: Readonly<Record<string, string>>): Compose
  up(): Promise<void>
  /** Stops the project and removes its containers, networks and volumes. */
  down(): Promise<void>
}

const PREFIX = 'skillwatch-test-'

/**
 * The compose file as its own project on free ports, so that it cannot collide with another one on this
 * machine.
 */
export async function composeProject(variables: Readonly<Record<string, string>>): Promise<Compose> {
  const [ingest, wsGateway, exporter, prometheus] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  return projectOf({
    ...variables,
    SKILLWATCH_INGEST_PORT: String(ingest),
    SKILLWATCH_OTLP_PORT: String(await freePort()),
    SKILLWATCH_WS_GATEWAY_PORT: String(wsGateway),
    SKILLWATCH_EXPORTER_PORT: String(exporter),
    SKILLWATCH_ANALYST_PORT: String(await freePort()),
    SKILLWATCH_PROMETHEUS_PORT: String(prometheus),
  })
}

function projectOf(variables: Readonly<Record<string, string>>): Compose {
  const name = `${PREFIX}${process.pid}`
  const env = { ...environmentWithMachineClock(), ...variables }
  const compose = async (...args: string[]) => {
    const options = { cwd: ROOT, env, maxBuffer: 32 * 1024 * 1024 }
    return (await run('docker', ['compose', '--progress', 'plain', '-p', name, ...args], options)).stdout
  }
  const url = (service: string) => `http://127.0.0.1:${variables[`SKILLWATCH_${service}_PORT`]}`
  return {
    urls: {
      ingest: url('INGEST'),
      wsGateway: url('WS_GATEWAY'),
      exporter: url('EXPORTER'),
      prometheus: url('PROMETHEUS'),
    },
    compose,
    withVariables: (more) => projectOf({ ...variables, ...more }),
    async up() {
      try {
        await compose('up', '--detach', '--build', '--wait', ...COMPOSE_SERVICES)
      } catch (cause) {
        const { stderr = '' } = cause as { stderr?: string }
        throw new Error(
          `the services did not start:\n${stderr.slice(-5_000)}\n${await compose('logs', '--tail', '20')}`,
          {
            cause,
          },
        )
      }
    },
    down: async () => void (await compose('down', '--volumes', '--remove-orphans', '--timeout', '10')),
  }
}

/** Removes the projects of killed test runs: each is named after a process that no longer exists. */
export async function removeLeftovers(): Promise<void> {
  const { stdout } = await run('docker', [
    'compose',
    'ls',
    '--all',
    '--quiet',
    '--filter',
    `name=^${PREFIX}`,
  ])
  for (const name of stdout.split('\n')) {
    const pid = Number(name.slice(PREFIX.length))
    if (pid > 0 && !isAlive(pid))
      await run('docker', ['compose', '-p', name, 'down', '--volumes', '--timeout', '1'])
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
