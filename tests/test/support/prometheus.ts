import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startProcess, temporaryFolder } from '@skillwatch/testkit'

export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A real Prometheus that scrapes the given addresses five times a second, each as its own job. */
export async function startPrometheus(jobs: Readonly<Record<string, string>>) {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const configFile = join(folder.path, 'prometheus.yml')
  // JSON is YAML too.
  writeFileSync(configFile, JSON.stringify(scrapeConfig(jobs)))
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  stack.use(
    await startProcess({
      command: 'prometheus',
      args: [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${folder.path}/data`,
        `--web.listen-address=${address}`,
      ],
      ready: async () => (await fetch(`${url}/-/ready`)).ok,
    }),
  )
  return {
    url,
    query: (promql: string) => queryPrometheus(url, promql),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Runs an instant query. @throws {Error} when Prometheus refuses it */
export async function queryPrometheus(url: string, promql: string): Promise<PrometheusSeries[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: promql }),
  })
  const reply = (await response.json()) as {
    status: string
    error?: string
    data?: { result: PrometheusSeries[] }
  }
  if (reply.status !== 'success') throw new Error(`${promql}: ${reply.error}`)
  return reply.data!.result
}

function scrapeConfig(jobs: Readonly<Record<string, string>>) {
  return {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: Object.entries(jobs).map(([job_name, url]) => ({
      job_name,
      static_configs: [{ targets: [new URL(url).host] }],
    })),
  }
}
