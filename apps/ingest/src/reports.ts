import type { Recorder } from '@skillwatch/db'
import {
  BaselineReport,
  type FindingsReply,
  FindingsReport,
  parseBaselineReport,
  parseFindingsReport,
} from '@skillwatch/schema'
import type { FastifySchemaCompiler } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What analysis may report. */
export const Report = Type.Union([FindingsReport, BaselineReport])
type Report = Static<typeof Report>

type ReportRecorder = Pick<Recorder, 'recordFindings' | 'recordBaselines'>

/** How a report that was checked is stored, or what is wrong with it. */
type Parsed = { save(recorder: ReportRecorder, projectId: number): Promise<FindingsReply> } | Refused
type Refused = Extract<ReturnType<typeof parseFindingsReport>, { refusals: unknown }>

/** Checks a report by the rules of its type, which its schema cannot say. */
export function parseReport(report: Report, nowMs: number): Parsed {
  switch (report.type) {
    case 'anomaly': {
      const parsed = parseFindingsReport(report, nowMs)
      if ('refusals' in parsed) return parsed
      return { save: (recorder, projectId) => recorder.recordFindings(projectId, parsed.report) }
    }
    case 'baseline': {
      const parsed = parseBaselineReport(report, nowMs)
      if ('refusals' in parsed) return parsed
      return { save: (recorder, projectId) => recorder.recordBaselines(projectId, parsed.report) }
    }
    default:
      throw new TypeError(`unhandled report ${JSON.stringify(report satisfies never)}`)
  }
}

const REPORTS = [FindingsReport, BaselineReport]
const TYPES = REPORTS.flatMap((report) => report.properties.type.enum)
const typeValidator = Compile(Type.Object({ type: Type.Enum(TYPES) }))
const validators = new Map(
  REPORTS.flatMap((report) => report.properties.type.enum.map((type) => [type as string, Compile(report)])),
)

/** Checks a report by the schema of its type, so that mistakes are those of this type and not of all. */
export const reportValidator: FastifySchemaCompiler<TSchema> = () => (value: unknown) => {
  const validator = validators.get(String((value as { type?: unknown } | null)?.type)) ?? typeValidator
  return validator.Check(value) ? { value } : { error: validator.Errors(value) as never }
}
