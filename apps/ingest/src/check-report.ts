import { REPORTS } from '@skillwatch/schema'
import { validatorCompiler } from '@skillwatch/service'
import { Type } from 'typebox'

type Check = ReturnType<typeof validatorCompiler>

const ANY_TYPE = Type.Object({ type: Type.Enum(Object.keys(REPORTS)) })
/** By schema. Compiled when a report arrives: at the start of ingest that would take ten milliseconds. */
const compiled = new Map<Type.TSchema, Check>()

/** Checks a report by its type alone, so that a refusal does not name what other types of reports need. */
export const checkReport = (): Check => (body: unknown) => {
  const { type } = (body ?? {}) as { type?: unknown }
  const isKnown = typeof type === 'string' && Object.hasOwn(REPORTS, type)
  return checkBy(isKnown ? REPORTS[type as keyof typeof REPORTS] : ANY_TYPE)(body)
}

function checkBy(schema: Type.TSchema): Check {
  const check =
    compiled.get(schema) ?? validatorCompiler({ schema, httpPart: 'body', method: 'POST', url: '' })
  compiled.set(schema, check)
  return check
}
