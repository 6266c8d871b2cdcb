import {
  formatInstant,
  type PredictionRow,
  type PredictionRun,
  type PredictionRunRow,
  type ReportedPrediction,
  redactShapes,
} from '@skillwatch/schema'

/** A prediction as its row holds it, without secrets in names (R10). */
export function toPredictionRow(reported: ReportedPrediction): Omit<PredictionRow, 'project_id'> {
  const { base_rate_interval, lacks, judgement, model, skill_name, ...values } = reported
  const levels = model?.levels.map((level) => ({ ...level, name: redactShapes(level.name) }))
  return {
    ...values,
    skill_name: redactShapes(skill_name),
    base_rate_low: base_rate_interval?.[0] ?? null,
    base_rate_high: base_rate_interval?.[1] ?? null,
    lacks: jsonOf(lacks),
    judgement: jsonOf(judgement),
    model: jsonOf(model && { ...model, levels }),
  }
}

/** The prediction of a row. */
export function toReportedPrediction({ project_id: _, ...row }: PredictionRow): ReportedPrediction {
  const { base_rate_low, base_rate_high, lacks, judgement, model, ...values } = row
  return {
    ...values,
    base_rate_interval:
      base_rate_low === null || base_rate_high === null ? null : [base_rate_low, base_rate_high],
    lacks: parsed<ReportedPrediction['lacks']>(lacks),
    judgement: parsed<ReportedPrediction['judgement']>(judgement),
    model: parsed<ReportedPrediction['model']>(model),
  }
}

/** A run as the wire shows it. */
export function toPredictionRun(row: PredictionRunRow): PredictionRun {
  const { since_ms, until_ms, computed_at_ms, time_zone, left_out } = row
  return {
    since: formatInstant(since_ms),
    until: formatInstant(until_ms),
    computed_at: formatInstant(computed_at_ms),
    time_zone,
    left_out,
  }
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

function parsed<Value>(json: string | null): Value | null {
  return json === null ? null : (JSON.parse(json) as Value)
}
