import type { Recorder } from '@skillwatch/db'
import { parseSkillScan, SKILL_FILES_MAX, SkillScan, SkillScanReply } from '@skillwatch/schema'
import type { Service } from '@skillwatch/service'
import type { FastifyBaseLogger } from 'fastify'
import { readJson } from '../items.ts'
import type { JsonShape } from '../json-shape.ts'
import type { IngestMetrics } from '../metrics.ts'
import { toRefusal } from '../refuse.ts'
import { createStorageLog } from '../storage-log.ts'
import { nothingStored } from './nothing-acceptable.ts'
import { STORING_PROBLEMS } from './record-responses.ts'
import { takeGzip } from './take-gzip.ts'

export interface SkillFileDeps {
  recorder: Pick<Recorder, 'recordScan'>
  metrics: IngestMetrics
  logger: Pick<FastifyBaseLogger, 'error' | 'info'>
  now: () => number
}

/** A scan holds a list of files. A file has 10 commas. */
const SCAN_SHAPE: JsonShape = { depthMax: 4, partsMax: 15 * SKILL_FILES_MAX }

/** `POST /v1/skill-files`: replaces the files of a machine by those of a scan; answers after the commit (R2). */
export function skillFileRoutes({ recorder, metrics, logger, now }: SkillFileDeps) {
  const storageLog = createStorageLog(logger)
  return async (app: Service): Promise<void> => {
    await takeGzip(app)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) =>
      readJson(body, SCAN_SHAPE),
    )
    app.post(
      '/v1/skill-files',
      { config: { scope: 'ingest' }, schema },
      async ({ body, project }): Promise<SkillScanReply> => {
        const parsed = parseSkillScan(body, now())
        if ('refusals' in parsed) throw nothingStored(parsed.refusals)
        const reply = await recorder.recordScan(project.project_id, parsed.scan).catch((error: unknown) => {
          storageLog.failed(error)
          throw toRefusal(error, metrics)
        })
        storageLog.worked()
        return reply
      },
    )
  }
}

const schema = {
  tags: ['skills'],
  summary: 'Replace the files of skills on a machine by those of a scan',
  description:
    'The SKILL.md files, slash commands and sub-agents that a scan of a machine found: name, description and ' +
    'the hash of the content, never the text. What is stored of the scopes of the scan and not in it is ' +
    'marked as removed. Another hash is a new version of the file. Sending a scan again changes nothing, and ' +
    'one of a time before the stored one is ignored. A scan with a mistake is refused as a whole. Also with ' +
    '`Content-Encoding: gzip`. Answers after the commit.',
  body: SkillScan,
  response: { 200: SkillScanReply, ...STORING_PROBLEMS },
}
