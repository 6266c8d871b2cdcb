import { type ParsedFinding, redactShapes } from '@skillwatch/schema'
import { privateId, redactText } from '../recording/index.ts'

/** The finding without secrets, by the rules of names, ids and texts of invocations (R10). */
export function privateFinding(finding: ParsedFinding, hash: (text: string) => string): ParsedFinding {
  return {
    ...finding,
    finding_id: privateId(finding.finding_id, hash),
    skill_name: redactShapes(finding.skill_name),
    method: redactText(finding.method),
    explanation: redactText(finding.explanation),
  }
}
