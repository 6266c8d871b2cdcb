import { recording } from './0001-recording.ts'
import { joining } from './0002-joining.ts'
import { coverage } from './0003-coverage.ts'
import { apiRequests } from './0004-api-requests.ts'
import { spans } from './0005-spans.ts'
import { joinableCalls } from './0006-joinable-calls.ts'
import { foundByIndex } from './0007-found-by-index.ts'
import { oneWordForOneThing } from './0008-one-word-for-one-thing.ts'
import { recordingCore } from './0009-recording-core.ts'
import { usersBySession } from './0010-users-by-session.ts'
import { usage } from './0011-usage.ts'
import { storePlaces } from './0012-store-places.ts'
import { turnsAndUses } from './0013-turns-and-uses.ts'
import { agentsBySession } from './0014-agents-by-session.ts'
import { usesByPeriod } from './0015-uses-by-period.ts'
import { durationsBySkill } from './0016-durations-by-skill.ts'
import { findings } from './0017-findings.ts'
import { dependencies } from './0018-dependencies.ts'
import { baselines } from './0019-baselines.ts'
import { clusters } from './0020-clusters.ts'
import { recommendations } from './0021-recommendations.ts'
import { predictions } from './0022-predictions.ts'
import { experiments } from './0023-experiments.ts'
import { skillFiles } from './0024-skill-files.ts'
import { taxonomy } from './0025-taxonomy.ts'
import type { Migration } from './dialect.ts'

/** All migrations in order. Append only. */
export const MIGRATIONS: readonly Migration[] = [
  recording,
  joining,
  coverage,
  apiRequests,
  spans,
  joinableCalls,
  foundByIndex,
  oneWordForOneThing,
  recordingCore,
  usersBySession,
  usage,
  storePlaces,
  turnsAndUses,
  agentsBySession,
  usesByPeriod,
  durationsBySkill,
  findings,
  dependencies,
  baselines,
  clusters,
  recommendations,
  predictions,
  experiments,
  skillFiles,
  taxonomy,
]
