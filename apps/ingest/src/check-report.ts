import { REPORTS } from '@skillwatch/schema'
import { validatorCompiler } from '@skillwatch/service'
import { Type } from 'typebox'

type Check = ReturnType<typeof validatorCompiler>

const check = (schema: Type.TSchema): Check =>
  validatorCompiler({ schema, httpPart: 'body', method: 'POST', url: '' })

const CHECKS = new Map<unknown, Check>(
  Object.entries(REPORTS).map(([type, schema]) => [type, check(schema)]),
)
const checkType = check(Type.Object({ type: Type.Enum(Object.keys(REPORTS)) }))

/** Checks a report by its type alone, so that a refusal does not name what other types of reports need. */
export const checkReport = (): Check => (body: unknown) => {
  const byType = CHECKS.get((body as { type?: unknown } | null)?.type)
  return (byType ?? checkType)(body)
}
