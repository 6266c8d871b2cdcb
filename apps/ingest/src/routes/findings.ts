import type { Recorder } from '@skillwatch/db'
import { AnalysisReport, FINDINGS_MAX, FindingsReply, parseReport } from '@skillwatch/schema'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { checkReport } from '../check-report.ts'
import { readJson } from '../items.ts'
import type { JsonShape } from '../json-shape.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog } from '../storage-log.ts'
import { nothingStored } from './nothing-acceptable.ts'
import { STORING_PROBLEMS } from './record-responses.ts'
import { takeGzip } from './take-gzip.ts'

export interface FindingDeps {
  recorder: Pick<Recorder, 'recordFindings'>
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/**
 * A report holds a list of findings, and these their samples. A finding has 18 commas; a pair of skills and
 * a transition have 22 together. The bins of the judgement of a prediction are six deep.
 */
const REPORT_SHAPE: JsonShape = { depthMax: 6, partsMax: 30 * FINDINGS_MAX }

/** `POST /v1/findings`: replaces what is stored by a report; answers after the commit (R2). */
export function findingRoutes({ recorder, metrics, logger, now }: FindingDeps) {
  const storageLog = createStorageLog(logger)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) =>
      readJson(body, REPORT_SHAPE),
    )
    app.post(
      '/v1/findings',
      { config: { scope: 'findings' }, schema, validatorCompiler: checkReport },
      async ({ body, project }): Promise<FindingsReply> => {
        const parsed = parseReport(body, now())
        if ('refusals' in parsed) throw nothingStored(parsed.refusals)
        const reply = await recorder
          .recordFindings(project.project_id, parsed.report)
          .catch((error: unknown) => {
            storageLog.failed(error)
            throw toRefusal(error, metrics)
          })
        storageLog.worked()
        if (body.type === 'anomaly') metrics.countFindings(reply)
        return reply
      },
    )
  }
}

const schema = {
  tags: ['findings'],
  summary: 'Replace findings by those of a report',
  description:
    'A report of type `anomaly` has all findings that opened from `since` to `until`; each that changes ' +
    'is one change in the log. One of type `changed_version` has comparisons before and after changes of ' +
    'files, and is like one of type `anomaly` otherwise. A report of type `dependency` has the pairs of ' +
    'skills that are used together and the transitions between them, of all sessions or of all turns. One ' +
    'of type `baseline` has what is usual for each skill over all persons, one of type `similarity` which ' +
    'skills are similar and their clusters, one of type `affinity` what persons who use a skill also use, ' +
    'one of type `prediction` a judged model of each skill, and one of type `workflow` what the phases of ' +
    'work took. These are not on the log. What is new is inserted, what has other values updated, and what ' +
    'is stored of the window, unit or project and not in the report deleted. Sending a report again changes ' +
    'nothing. A finding about a skill of which no call is recorded is skipped, so that an old report does ' +
    'not undo a deletion. A report with a mistake is refused as a whole. Also with `Content-Encoding: gzip`. ' +
    'Answers after the commit.',
  body: AnalysisReport,
  response: { 200: FindingsReply, ...STORING_PROBLEMS },
}
