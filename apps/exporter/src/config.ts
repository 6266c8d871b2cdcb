import { readConfig, serviceConfig } from '@skillwatch/service'
import { type Static, Type } from 'typebox'
import type { LabelBounds } from './bounded-labels.ts'

const bound = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

/** The environment of this service, with defaults and descriptions. */
export const ExporterEnvironment = serviceConfig('EXPORTER', 9090, {
  EXPORTER_SKILL_NAMES_MAX: bound(
    1_000,
    'Skill names per project that become labels, by first appearance; all others are _other.',
  ),
  EXPORTER_WORKFLOW_PHASES_MAX: bound(
    50,
    'Workflow phases per project that become labels; all others are _other.',
  ),
  EXPORTER_LABEL_SETS_MAX: bound(
    10_000,
    'Combinations of kind, skill and phase per project; all others are _other.',
  ),
})
export type ExporterEnvironment = Static<typeof ExporterEnvironment>

/** @throws {ConfigError} naming every missing or invalid variable. */
export function readExporterEnvironment(env: NodeJS.ProcessEnv): ExporterEnvironment {
  return readConfig(ExporterEnvironment, env)
}

/** How many label values a scrape may have (R8). A smaller bound turns known labels into `_other`. */
export function labelBounds(environment: ExporterEnvironment): LabelBounds {
  return {
    skillNamesMax: environment.EXPORTER_SKILL_NAMES_MAX,
    workflowPhasesMax: environment.EXPORTER_WORKFLOW_PHASES_MAX,
    labelSetsMax: environment.EXPORTER_LABEL_SETS_MAX,
  }
}
