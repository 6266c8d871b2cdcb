import { expect, test } from 'vitest'
import { ciAttributes, detectCi, sessionOf } from '../../src/run/ci.ts'

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_WORKFLOW: 'CI',
  GITHUB_RUN_ID: '912',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_SHA: 'abc',
  GITHUB_REF_NAME: '12/merge',
  GITHUB_HEAD_REF: 'feature',
  GITHUB_JOB: 'unit',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/web',
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_ACTOR: 'a-person',
}

test('of GitHub Actions every part of the build is reported, and no person', () => {
  const ci = detectCi(GITHUB)!
  expect(sessionOf(ci)).toBe('CI-912')
  expect(ciAttributes(ci)).toEqual({
    'ci.provider': 'github',
    'cicd.pipeline.name': 'CI',
    'cicd.pipeline.run.id': '912',
    'cicd.pipeline.run.url.full': 'https://github.com/acme/web/actions/runs/912',
    'cicd.pipeline.task.name': 'unit',
    'vcs.ref.head.revision': 'abc',
    'vcs.ref.head.name': 'feature',
    'ci.triggered_by': 'pull_request',
  })
})

/** What each service puts into the environment of a job, of what is read and some of what is not. */
const OTHERS = {
  gitlab: {
    GITLAB_CI: 'true',
    CI_PROJECT_PATH: 'acme/web',
    CI_PIPELINE_ID: '55',
    CI_PIPELINE_IID: '3',
    CI_PIPELINE_URL: 'https://gitlab.example/acme/web/-/pipelines/55',
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_JOB_NAME: 'unit',
    CI_COMMIT_SHA: 'abc',
    CI_COMMIT_REF_NAME: 'refs/merge-requests/7/head',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
    CI_ENVIRONMENT_NAME: 'staging',
    GITLAB_USER_EMAIL: 'a-person@example.com',
  },
  jenkins: {
    JENKINS_URL: 'https://jenkins.example/',
    JOB_NAME: 'web/main',
    BUILD_NUMBER: '12',
    BUILD_URL: 'https://jenkins.example/job/web/12/',
    STAGE_NAME: 'Test',
    GIT_COMMIT: 'abc',
    GIT_BRANCH: 'origin/feature',
    BRANCH_NAME: 'feature',
    CHANGE_AUTHOR: 'a-person',
  },
  circleci: {
    CIRCLECI: 'true',
    CIRCLE_PROJECT_USERNAME: 'acme',
    CIRCLE_PROJECT_REPONAME: 'web',
    CIRCLE_WORKFLOW_ID: 'w-1',
    CIRCLE_BUILD_NUM: '99',
    CIRCLE_BUILD_URL: 'https://circleci.com/gh/acme/web/99',
    CIRCLE_JOB: 'unit',
    CIRCLE_SHA1: 'abc',
    CIRCLE_BRANCH: 'feature',
    CIRCLE_USERNAME: 'a-person',
  },
  buildkite: {
    BUILDKITE: 'true',
    BUILDKITE_PIPELINE_SLUG: 'web',
    BUILDKITE_BUILD_NUMBER: '9',
    BUILDKITE_BUILD_URL: 'https://buildkite.com/acme/web/builds/9',
    BUILDKITE_LABEL: 'unit',
    BUILDKITE_COMMIT: 'abc',
    BUILDKITE_BRANCH: 'feature',
    BUILDKITE_SOURCE: 'webhook',
    BUILDKITE_BUILD_CREATOR: 'a-person',
  },
}

test.each([
  [
    'gitlab',
    'acme/web',
    '55',
    'unit',
    'https://gitlab.example/acme/web/-/pipelines/55',
    'merge_request_event',
  ],
  ['jenkins', 'web/main', '12', 'Test', 'https://jenkins.example/job/web/12/', undefined],
  ['circleci', 'acme/web', 'w-1', 'unit', 'https://circleci.com/gh/acme/web/99', undefined],
  ['buildkite', 'web', '9', 'unit', 'https://buildkite.com/acme/web/builds/9', 'webhook'],
] as const)(
  'of %s every part of the build is reported, and no person',
  (provider, pipeline, build, job, url, source) => {
    const ci = detectCi(OTHERS[provider])!
    expect(sessionOf(ci)).toBe(`${pipeline}-${build}`)
    expect(ciAttributes(ci)).toEqual({
      'ci.provider': provider,
      'cicd.pipeline.name': pipeline,
      'cicd.pipeline.run.id': build,
      'cicd.pipeline.run.url.full': url,
      'cicd.pipeline.task.name': job,
      'vcs.ref.head.revision': 'abc',
      'vcs.ref.head.name': 'feature',
      ...(source && { 'ci.triggered_by': source }),
    })
  },
)

test.each([
  ['gitlab', { CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: '' }, 'refs/merge-requests/7/head'],
  ['jenkins', { BRANCH_NAME: undefined }, 'origin/feature'],
  ['jenkins', { CHANGE_BRANCH: 'theirs', BRANCH_NAME: 'PR-7' }, 'theirs'],
] as const)('in %s with %j the branch is %s', (provider, more, branch) => {
  expect(detectCi({ ...OTHERS[provider], ...more })?.branch).toBe(branch)
})

test("GitLab's environment is reported", () => {
  const env = {
    GITLAB_CI: 'true',
    CI_PROJECT_PATH: 'a',
    CI_PIPELINE_ID: '1',
    CI_ENVIRONMENT_NAME: 'staging',
  }
  expect(detectCi(env)?.environment).toBe('staging')
})

test.each([
  ['nothing at all', {}],
  ['CI of another kind', { CI: 'true' }],
  ['a service that does not name its build', { GITHUB_ACTIONS: 'true' }],
])('%s is not reported as a build', (_, env) => {
  expect(detectCi(env)).toBeUndefined()
})
