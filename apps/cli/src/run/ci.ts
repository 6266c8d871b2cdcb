/** The CI build in which this process runs. */
export interface CiBuild {
  readonly provider: 'github' | 'gitlab' | 'jenkins' | 'circleci' | 'buildkite'
  readonly pipeline: string
  /** The id of this run of the pipeline. */
  readonly build: string
  readonly commit: string | undefined
  readonly branch: string | undefined
  readonly job: string | undefined
  readonly url: string | undefined
  /** What started the build, such as `push`; never a person. */
  readonly triggeredBy: string | undefined
  readonly environment: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>
type Reading = Omit<CiBuild, 'provider' | 'pipeline' | 'build'> &
  Partial<Pick<CiBuild, 'pipeline' | 'build'>>

/** For each CI service: a variable that only it sets, and its names for the fields, from its reference. */
const SERVICES: readonly (readonly [CiBuild['provider'], marker: string, (env: Environment) => Reading])[] =
  [
    [
      'github',
      'GITHUB_ACTIONS',
      (env) => ({
        pipeline: env.GITHUB_WORKFLOW,
        // The run number is only unique within a repository.
        build: env.GITHUB_RUN_ID,
        commit: env.GITHUB_SHA,
        branch: env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME,
        job: env.GITHUB_JOB,
        url: joined(env.GITHUB_SERVER_URL, env.GITHUB_REPOSITORY, 'actions/runs', env.GITHUB_RUN_ID),
        triggeredBy: env.GITHUB_EVENT_NAME,
        environment: undefined,
      }),
    ],
    [
      'gitlab',
      'GITLAB_CI',
      (env) => ({
        pipeline: env.CI_PIPELINE_NAME || env.CI_PROJECT_PATH,
        build: env.CI_PIPELINE_ID,
        commit: env.CI_COMMIT_SHA,
        branch: env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || env.CI_COMMIT_REF_NAME,
        job: env.CI_JOB_NAME,
        url: env.CI_PIPELINE_URL,
        triggeredBy: env.CI_PIPELINE_SOURCE,
        environment: env.CI_ENVIRONMENT_NAME,
      }),
    ],
    [
      'jenkins',
      'JENKINS_URL',
      (env) => ({
        pipeline: env.JOB_NAME,
        build: env.BUILD_NUMBER,
        commit: env.GIT_COMMIT,
        branch: env.CHANGE_BRANCH || env.BRANCH_NAME || env.GIT_BRANCH,
        job: env.STAGE_NAME,
        url: env.BUILD_URL,
        triggeredBy: undefined,
        environment: undefined,
      }),
    ],
    [
      'circleci',
      'CIRCLECI',
      (env) => ({
        pipeline:
          joined(env.CIRCLE_PROJECT_USERNAME, env.CIRCLE_PROJECT_REPONAME) ?? env.CIRCLE_PROJECT_REPONAME,
        // Each job has a number of its own; the jobs of one build share the workflow id.
        build: env.CIRCLE_WORKFLOW_ID || env.CIRCLE_BUILD_NUM,
        commit: env.CIRCLE_SHA1,
        branch: env.CIRCLE_BRANCH,
        job: env.CIRCLE_JOB,
        url: env.CIRCLE_BUILD_URL,
        triggeredBy: undefined,
        environment: undefined,
      }),
    ],
    [
      'buildkite',
      'BUILDKITE',
      (env) => ({
        pipeline: env.BUILDKITE_PIPELINE_SLUG,
        build: env.BUILDKITE_BUILD_NUMBER,
        commit: env.BUILDKITE_COMMIT,
        branch: env.BUILDKITE_BRANCH,
        job: env.BUILDKITE_LABEL,
        url: env.BUILDKITE_BUILD_URL,
        triggeredBy: env.BUILDKITE_SOURCE,
        environment: undefined,
      }),
    ],
  ]

/** The build that the environment describes; undefined outside of CI, or when the build has no name. */
export function detectCi(env: Environment): CiBuild | undefined {
  const service = SERVICES.find(([, marker]) => env[marker] !== undefined && env[marker] !== '')
  if (service === undefined) return undefined
  const [provider, , read] = service
  const { pipeline, build, ...rest } = read(env)
  return pipeline && build ? { provider, pipeline, build, ...rest } : undefined
}

/** The session id of a build, in session-buddy's form. */
export function sessionOf({ pipeline, build }: CiBuild): string {
  return `${pipeline}-${build}`
}

/** OpenTelemetry attributes (registries `cicd` and `vcs`), and two of Skillwatch's own. */
export function ciAttributes(ci: CiBuild): Record<string, string> {
  return withoutEmpty({
    'ci.provider': ci.provider,
    'cicd.pipeline.name': ci.pipeline,
    'cicd.pipeline.run.id': ci.build,
    'cicd.pipeline.run.url.full': ci.url,
    'cicd.pipeline.task.name': ci.job,
    'vcs.ref.head.revision': ci.commit,
    'vcs.ref.head.name': ci.branch,
    'ci.triggered_by': ci.triggeredBy,
  })
}

/** The values that are neither undefined nor empty. */
export function withoutEmpty(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as Record<string, string>
}

function joined(...parts: (string | undefined)[]): string | undefined {
  return parts.every(Boolean) ? parts.join('/') : undefined
}
