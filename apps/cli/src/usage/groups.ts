/** What `skillwatch usage` sums by: the group on the wire, and the window without --since. */
export const PERIODS = {
  daily: { group: 'day', since: '30d', window: '30 days' },
  weekly: { group: 'week', since: '12w', window: '12 weeks' },
  monthly: { group: 'month', since: '365d', window: '365 days' },
  session: { group: 'session', since: '7d', window: '7 days' },
} as const
export type Period = keyof typeof PERIODS

/** What each period can be broken down by. */
export const BREAKDOWNS = ['model', 'repository', 'branch', 'agent'] as const

/** The two groups of one answer: the period, and what it is broken down by. */
export type Groups = readonly [
  period: (typeof PERIODS)[Period]['group'],
  breakdown: (typeof BREAKDOWNS)[number],
]
