import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'

/** Roles of spans by the names that earlier versions wrote. */
const FORMER_ROLES = new Map<unknown, string>([
  ['divided_call', 'composite_call'],
  ['part', 'phase'],
  ['around', 'context'],
])

/**
 * Gives the names of this version to an observation from a journal that an earlier version wrote. What has
 * today's names is returned unchanged.
 */
export function renameFormerNames({ unanchored, ...observation }: JsonObject): JsonObject {
  const { fields, span } = observation
  return {
    ...observation,
    ...(unanchored === true && { uncorrelated: true }),
    ...(isObject(fields) && { fields: renameElapsedTime(fields) }),
    ...(isObject(span) && { span: { ...span, role: FORMER_ROLES.get(span.role) ?? span.role } }),
  }
}

function renameElapsedTime({ span_ms, ...fields }: JsonObject): JsonObject {
  return span_ms === undefined ? fields : { elapsed_ms: span_ms, ...fields }
}
