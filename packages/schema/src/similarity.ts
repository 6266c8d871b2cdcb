import { type Static, Type } from 'typebox'
import { Instant } from './instant.ts'
import { name, text } from './text.ts'
import { Kind } from './words.ts'

/** Rows that a report may have of each list. */
export const SIMILARITIES_MAX = 20_000

const count = (description: string, minimum = 0) =>
  Type.Integer({ description, minimum, maximum: Number.MAX_SAFE_INTEGER })
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const orNull = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description })
const instant = (description: string) => Type.Unsafe<string>({ ...Instant, description })
const clusterId = count('The number of the cluster in its report, the largest cluster first.', 1)

/** A skill that is similar to another one, as a report has it. */
export const ReportedSimilarity = Type.Object(
  {
    kind: Kind,
    skill_name: name('The skill whose similar skills are listed.'),
    similar_kind: Kind,
    similar_name: name('The similar skill.'),
    score: share('1 - (1 - co_use_score) · (1 - text_score): similar by either is similar.'),
    co_use_score: orNull(
      'Whether both are used in sessions with the same other skills: the cosine of their positive pointwise ' +
        'mutual information. Null with too few sessions.',
    ),
    text_score: share('Whether names and descriptions have the same words, rare ones counting more: BM25.'),
    sessions_with: count('Sessions with the skill.'),
    sessions_with_similar: count('Sessions with the similar skill.'),
    sessions_with_both: count('Sessions with both.'),
  },
  { additionalProperties: false },
)
export type ReportedSimilarity = Static<typeof ReportedSimilarity>

/** A cluster, as a report has it. */
export const ReportedCluster = Type.Object(
  {
    cluster_id: clusterId,
    cluster_name: text('Its most typical members by name, and how many more it has.', 1_000),
    stability: share(
      'Mean overlap (Jaccard) with the most alike cluster of each random sample of the sessions.',
    ),
    skill_count: count('Its members.', 2),
  },
  { additionalProperties: false },
)
export type ReportedCluster = Static<typeof ReportedCluster>

/** A skill of a cluster, as a report has it. */
export const ReportedMembership = Type.Object(
  {
    cluster_id: clusterId,
    kind: Kind,
    skill_name: name('The skill.'),
    membership_score: share('Share of the random samples of sessions in which it was in that cluster.'),
  },
  { additionalProperties: false },
)
export type ReportedMembership = Static<typeof ReportedMembership>

const sample = {
  sessions: count('Sessions that were counted, those without any skill included.'),
  sessions_needed: count('With fewer sessions there are neither co-use scores nor clusters.'),
  ignored_sessions: count('Sessions that were not counted, as they have too many skills to say anything.'),
  skills: count('Skills that were compared.'),
  left_out_skills: count('Skills beyond the 2,000 of the most sessions.'),
  bootstraps: count(
    'Random samples of the sessions in which clusters were found again; 0 without clusters.',
  ),
  stability: orNull(
    'Mean adjusted Rand index between the clusters of all sessions and those of each sample. Null without ' +
      'clusters.',
  ),
  stability_needed: share('Below it, no cluster is reported.'),
  unstable_clusters: count('Clusters that were found and are not reported, as samples do not confirm them.'),
}

const window = {
  computed_at: instant('When the report was computed.'),
  since: instant('Start of the window; it has the sessions that were last active from here on.'),
  until: instant('End of the window, excluded.'),
}

/** Which skills are similar, and their clusters. It replaces the report before as a whole. */
export const SimilarityReport = Type.Object(
  {
    type: Type.Enum(['similarity']),
    ...window,
    ...sample,
    similarities: Type.Array(ReportedSimilarity, { maxItems: SIMILARITIES_MAX }),
    clusters: Type.Array(ReportedCluster, { maxItems: SIMILARITIES_MAX }),
    memberships: Type.Array(ReportedMembership, { maxItems: SIMILARITIES_MAX }),
  },
  {
    description: 'Which skills are similar, by co-use and by text, and the clusters that co-use gives.',
    additionalProperties: false,
  },
)
export type SimilarityReport = Static<typeof SimilarityReport>

/** What similar skills and clusters were computed from. */
export const SimilarityRun = Type.Object(
  {
    ...window,
    ...sample,
    enough: Type.Boolean({ description: 'False when there are fewer sessions than are needed.' }),
  },
  { description: 'What was counted.' },
)
export type SimilarityRun = Static<typeof SimilarityRun>

/** A skill that is similar to the one that was asked for. */
export const SimilarSkill = Type.Object(
  {
    ...ReportedSimilarity.properties,
    source: Type.Enum(['co_use', 'text', 'co_use_and_text'], { description: 'What the score is from.' }),
    reason: Type.String({ description: 'The same in one sentence, with its numbers.' }),
  },
  { description: 'A skill that is similar to another one.' },
)
export type SimilarSkill = Static<typeof SimilarSkill>

/** A cluster with its members. */
export const Cluster = Type.Object(
  {
    ...ReportedCluster.properties,
    description: Type.String({ description: 'What it is, in one sentence with its numbers.' }),
    created_at: instant('When the cluster was stored with these members.'),
    members: Type.Array(
      Type.Object({
        kind: Kind,
        skill_name: ReportedMembership.properties.skill_name,
        membership_score: ReportedMembership.properties.membership_score,
      }),
      { description: 'Those that samples confirm most often first.' },
    ),
  },
  { description: 'Skills that are used in the same sessions as the same other skills.' },
)
export type Cluster = Static<typeof Cluster>
