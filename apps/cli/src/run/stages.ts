/** The workflow phase of each pipeline stage, as session-buddy defines it. */
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
