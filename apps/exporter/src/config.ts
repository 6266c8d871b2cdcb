import { commonConfig, environmentSchema, parseEnvironment, type ServiceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'
import type { LabelBounds } from './bounded-labels.ts'

const bound = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

/** The environment of this service, with defaults and descriptions. */
export const Environment = environmentSchema('EXPORTER', 9090, {
  EXPORTER_SKILL_NAMES_MAX: bound(
    1_000,
    'Skill names per project that become labels: the oldest ones; every other name becomes _other.',
  ),
  EXPORTER_WORKFLOW_PHASES_MAX: bound(
    50,
    'Workflow phases per project that become labels; every other phase becomes _other.',
  ),
  EXPORTER_LABEL_SETS_MAX: bound(
    10_000,
    'Combinations of kind, skill and phase per project; every other one becomes _other.',
  ),
})

export interface Config extends ServiceConfig {
  readonly bounds: LabelBounds
}

/** @throws {ConfigError} naming every wrong or unknown variable */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = parseEnvironment(Environment, env)
  return { ...commonConfig('EXPORTER', environment), bounds: labelBounds(environment) }
}

/** Bounds of a scrape's label values (R8). Lowering one turns values that Prometheus knows into _other. */
function labelBounds(environment: Static<typeof Environment>): LabelBounds {
  return {
    skillNamesMax: environment.EXPORTER_SKILL_NAMES_MAX,
    workflowPhasesMax: environment.EXPORTER_WORKFLOW_PHASES_MAX,
    labelSetsMax: environment.EXPORTER_LABEL_SETS_MAX,
  }
}
