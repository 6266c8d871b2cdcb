import { affinityReport, similarityReport } from '@skillwatch/analytics'
import {
  callsByPerson,
  DEFAULT_PROJECT,
  dependencyUnits,
  descriptionsOfSkills,
  openReader,
  type Reader,
  snapshot,
} from '@skillwatch/db'
import type { AffinityReport, FindingsReply, SimilarityReport } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { ingestEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { clusterText } from '../similar/notes.ts'
import { wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { whileShown } from '../working.ts'
import { demandProject } from './read.ts'
import { toWindow, type Window, type WindowOptions } from './window.ts'

/** The options of `skillwatch analyse similar`, as its command line sets them. */
export interface AnalyseSimilarOptions extends WindowOptions {
  readonly json?: boolean
  readonly databaseUrl: string
  readonly url: string
}

/** A full report takes about a second to store. */
const STORED_MS_MAX = 60_000
/** As the analyst has it: the same calls then give the same clusters. */
const SEED = 1

/**
 * Computes which skills are similar, their clusters, and what persons who use a skill also use, sends it to
 * ingest, and prints what was stored.
 * @throws {CliError} when the window is empty, there is no such project, or ingest does not take a report
 */
export async function analyseSimilar(
  context: CommandContext,
  options: AnalyseSimilarOptions,
): Promise<void> {
  const computedAtMs = context.nowMs()
  const window = { ...toWindow(options, computedAtMs), computedAtMs }
  using reader = openReader(options.databaseUrl)
  const { project_id, name } = demandProject(reader, context.settings.project ?? DEFAULT_PROJECT)
  const reports = whileShown(context, 'Comparing skills…', () => computeReports(reader, project_id, window))
  // With the name, ingest refuses a key of another project than the one that was read.
  const ingest = { ...ingestEndpoint(context, options.url), project: name }
  const post = (body: SimilarityReport | AffinityReport) =>
    demand<FindingsReply>(ingest, '/v1/findings', {
      ...{ method: 'POST', body, signal: context.signal, timeoutMs: STORED_MS_MAX },
    })
  const stored = { similarity: await post(reports.similarity), affinity: await post(reports.affinity) }
  if (options.json) return print(context, JSON.stringify({ project: name, ...reports, stored }, null, 2))
  printLines(context, wrap(resultText(reports), widthOf(context)))
  note(context, '`skillwatch similar <skill>`, `skillwatch clusters` and `skillwatch recommend` show them.')
}

interface Reports {
  readonly similarity: SimilarityReport
  readonly affinity: AffinityReport
}

function computeReports(
  reader: Reader,
  projectId: number,
  window: Window & { computedAtMs: number },
): Reports {
  const { sinceMs, untilMs } = window
  return snapshot(reader, () => {
    const descriptionOf = descriptionsOfSkills(reader, projectId)
    const { skills } = dependencyUnits(reader, projectId, { unit: 'session', sinceMs, untilMs })
    return {
      similarity: similarityReport(skills(), { ...window, seed: SEED, descriptionOf }),
      affinity: affinityReport(callsByPerson(reader, projectId, [sinceMs, untilMs]), window),
    }
  })
}

/** `1,240 sessions, 37 skills: stored 412 rows of similar skills. 5 clusters (…). 80 rows of what … also use.` */
function resultText({ similarity, affinity }: Reports): string {
  const { sessions, skills, similarities } = similarity
  const who = affinity.persons === 0 ? 'fewer than 5 persons' : `at least ${affinity.persons} persons`
  const clusters = clusterText(similarity, similarity.clusters.length)
  return (
    `${withNoun(sessions, 'session', exactNumber)}, ${withNoun(skills, 'skill', exactNumber)}: stored ` +
    `${exactNumber(similarities.length)} rows of similar skills. ${clusters} ` +
    `${exactNumber(affinity.affinities.length)} rows of what ${who} also use.`
  )
}
