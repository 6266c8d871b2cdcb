import { formatInstant } from '@skillwatch/schema'
import { aFinding, aReport, machineNowMs } from '@skillwatch/testkit'
import { post, type Source } from './source.ts'

/** A finding about a skill that is recorded, and reports that are refused. */
export async function sendFindings(source: Source): Promise<void> {
  const { planted } = source
  const untilMs = machineNowMs()
  const skill_name = planted.token('finding: skill_name')
  await post(source, '/v1/invocations', { session_id: 's', skill_name })
  const finding = aFinding({
    // A token may be longer than an id.
    ...{ skill_name, finding_id: planted.token('finding: finding_id').slice(0, 64) },
    ...{ method: planted.note('finding: method'), explanation: planted.note('finding: explanation') },
    opened_at: formatInstant(untilMs),
  })
  const report = aReport([finding], { sinceMs: untilMs - 1_000, untilMs })
  const reply = await post(source, '/v1/findings', report)
  if (!reply.includes('"inserted":1')) throw new Error(`the finding was not stored: ${reply}`)
  await post(source, '/v1/findings', { ...report, findings: [finding, finding] })
  await post(source, '/v1/findings', { ...report, since: planted.token('report: since') })
  await post(source, '/v1/findings', { ...report, [planted.token('report: unknown field')]: 1 })
}
