export { mergeWitnesses } from './merge/merge.ts'
export { privateId } from './normalise/private-fields.ts'
export { privateObservation } from './normalise/private-observation.ts'
export { continueCascades, type RecordJob, type RecordOutcome, record } from './record.ts'
