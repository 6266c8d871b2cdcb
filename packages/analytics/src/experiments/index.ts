export { analyseExperiment } from './analyse.ts'
export { planExperiment, powerOfUsers, type Sizes, type UserValues } from './plan.ts'
