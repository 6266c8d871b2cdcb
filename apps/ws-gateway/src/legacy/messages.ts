/** A skill in session-buddy's shape, with the field names of its code and those of its documents. */
export interface LegacySkill {
  skill_name: string
  total_invocations: number
  /** Percent of the ended calls, 0 while none has ended. */
  completion_rate: number
  /** 0 when no duration is known: its clients format it as a number. */
  avg_duration_seconds: number
  invocation_count: number
  completed_count: number
  avg_duration: number
  last_invocation_at: string
}

/** An anomaly in session-buddy's shape. */
export interface LegacyAnomaly {
  skill_name: string
  detected_at: string
  anomaly_type: 'drop' | 'spike' | 'pattern_shift'
  deviation_score: number
  baseline_value: number
  observed_value: number
}

export interface LegacyMetrics {
  top_skills: LegacySkill[]
  anomalies: LegacyAnomaly[]
}

/** One skill in `metrics_response`: here session-buddy's documents have a rate of 0–1. */
export interface LegacySkillMetrics {
  skill_name: string
  total_invocations: number
  completion_rate: number
  avg_duration_seconds: number
  /** Null when nothing is recorded of the skill. */
  last_invocation_at: string | null
}

/** All messages of the server in session-buddy's protocol. */
export type LegacyServerMessage =
  | { type: 'connected'; message: string; authenticated: boolean; timestamp: string }
  | { type: 'metrics_update'; timestamp: string; data: LegacyMetrics }
  | {
      type: 'subscription_confirmed'
      skill: string | null
      skill_name: string | null
      message: string
      timestamp: string
    }
  | { type: 'metrics_response'; timestamp: string; data: LegacySkillMetrics | LegacyMetrics }
  | { type: 'pong' }

/** Its clients know one close code only. */
export const AUTHENTICATION_FAILED = { code: 4001, reason: 'Authentication failed' } as const

/** Session-buddy's instants: UTC with microseconds and a numeric offset. */
export function formatLegacyInstant(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00')
}
