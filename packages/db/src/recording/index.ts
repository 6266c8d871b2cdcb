export { mergeWitnesses } from './merge/merge.ts'
export { privateId } from './normalise/private-fields.ts'
export { privateObservation } from './normalise/private-observation.ts'
export type { RecordOutcome } from './record.ts'
