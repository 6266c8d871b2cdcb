import type { Cluster, SimilarityRun } from '@skillwatch/schema'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { type Page, readPages } from '../pages.ts'
import { clustersCsv } from '../similar/csv.ts'
import { clusterText, NEVER_COMPUTED, runText } from '../similar/notes.ts'
import { clusterLines } from '../similar/tables.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

const PATH = '/v1/clusters'

/** Shows which skills belong together. */
export function clustersCommand(context: CommandContext): Command {
  const command = new Command('clusters')
    .description(
      'Show clusters of skills, commands, agents and MCP tools that are used in sessions with the same other ' +
        'ones, the largest first, each named by its most typical members. Stability says how much random ' +
        'samples of the sessions agree with a cluster, and MEMBERSHIP in how many of them a member is in it; ' +
        'clusters that samples do not confirm are left out. The analyst computes them once a day, `skillwatch ' +
        'analyse similar` at once.',
    )
    .option('--json', 'print the run and its clusters as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each member').conflicts('json'))
    .action((options: Options) => showClusters(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch clusters', 'all clusters with their members'],
    ['skillwatch clusters --csv > clusters.csv', 'for a spreadsheet'],
    ["skillwatch clusters --json | jq '.run.stability'", 'how stable they are'],
  ])
}

async function showClusters(context: CommandContext, { json, csv, url }: Options): Promise<void> {
  const { signal } = context
  const gateway = gatewayEndpoint(context, url)
  const { run } = await demand<Page<Cluster> & { run: SimilarityRun | null }>(gateway, `${PATH}?limit=1`, {
    signal,
  })
  const keyOf = ({ cluster_id }: Cluster) => String(cluster_id)
  const { items } = await readPages<Cluster>(gateway, { path: PATH, keyOf }, signal)
  if (json) return print(context, JSON.stringify({ run, items }, null, 2))
  if (csv) context.stdout.write(clustersCsv(items))
  else printLines(context, clusterLines(items, widthOf(context), context.paint.stdout))
  if (run === null) return note(context, NEVER_COMPUTED)
  note(context, clusterText(run, items.length))
  note(context, runText(run, machineTimeZone()))
}
