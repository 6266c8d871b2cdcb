/** Stages of a pipeline and the phase of a workflow that each is; session-buddy's table. */
export const STAGE_PHASES = {
  build: 'setup',
  test: 'execution',
  lint: 'verification',
  security: 'verification',
  deploy: 'deployment',
  publish: 'deployment',
} as const

export type Stage = keyof typeof STAGE_PHASES
export const STAGES = Object.keys(STAGE_PHASES) as Stage[]
