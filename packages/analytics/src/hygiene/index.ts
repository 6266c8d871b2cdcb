export { estimatedTokens } from './context-cost.ts'
export { type Hygiene, hygieneOf } from './hygiene.ts'
export type { InstalledSkill } from './installed.ts'
