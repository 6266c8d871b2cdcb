import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { METRIC_ACTIONS } from '../../scripts/metric-actions.ts'
import { ROOT } from './repository.ts'
import { createSkillwatch } from './skillwatch.ts'

const SERVICES = ['ingest', 'ws-gateway', 'exporter', 'analyst'] as const
/** The metrics of prom-client about the process; the document describes them as a group. */
const PROCESS_METRICS = /^(process|nodejs)_/
const LINE_LENGTH_MAX = 109

const INTRODUCTION = `# Operating

The environment variables and the metrics of each service. \`npm start\` and \`docker compose up\` work without
any variable. Each service prints its variables with \`--help\`, and names a wrong or misspelt one when it
starts. \`npm run build\` writes this page from the services themselves.

Each service serves its metrics at \`/metrics\`. Besides those listed here, each serves the metrics
\`process_*\` and \`nodejs_*\` of prom-client: memory, CPU, open files, garbage collection, delay of the event
loop.
`

interface Metric {
  readonly name: string
  readonly type: string
  readonly help: string
}

/**
 * The text of docs/OPERATING.md, from the help and the metrics of the services, which are started for it.
 */
export async function operatingDocument(): Promise<string> {
  const metrics = await servedMetrics()
  checkActions(metrics.flatMap((each) => each.metrics).map(({ name }) => name))
  const parts = metrics.map((each) => servicePart(each.service, each.metrics))
  return [INTRODUCTION, ...parts].join('\n')
}

async function servedMetrics(): Promise<{ service: string; metrics: Metric[] }[]> {
  await using skillwatch = await createSkillwatch({ INGEST_OTLP_PORT: '0' })
  const served = []
  for (const service of SERVICES) {
    await skillwatch.start(service)
    const text = await (await fetch(`${skillwatch.urls[service]}/metrics`)).text()
    served.push({ service, metrics: readMetrics(text).filter(({ name }) => !PROCESS_METRICS.test(name)) })
  }
  return served
}

function readMetrics(text: string): Metric[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)$/gm)].map(([, name, help, type]) => ({
    name: name!,
    help: help!.replace(/([^.])$/, '$1.'),
    type: type!,
  }))
}

function checkActions(served: readonly string[]): void {
  const missing = served.filter((name) => METRIC_ACTIONS[name] === undefined)
  const unknown = Object.keys(METRIC_ACTIONS).filter((name) => !served.includes(name))
  if (missing.length + unknown.length > 0) {
    throw new Error(
      `tests/scripts/metric-actions.ts lacks [${missing.join(', ')}] ` +
        `and has [${unknown.join(', ')}], which no service serves`,
    )
  }
}

function servicePart(service: string, metrics: readonly Metric[]): string {
  const entry = join(ROOT, 'apps', service, 'bin.mjs')
  const help = execFileSync(process.execPath, [entry, '--help'], { encoding: 'utf8', env: {} })
  const list = metrics.map((metric) => wrapItem(metricText(metric))).join('\n')
  return `## ${service}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n\n### Metrics of ${service}\n\n${list}\n`
}

function metricText({ name, type, help }: Metric): string {
  return `- \`${name}\` (${type}): ${help} **What to do:** ${METRIC_ACTIONS[name]}`
}

/** Wraps an item of a list; lines after the first are indented by two. */
function wrapItem(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && longer.length > LINE_LENGTH_MAX) {
      lines.push(line)
      line = `  ${word}`
    } else line = longer
  }
  return [...lines, line].join('\n')
}
