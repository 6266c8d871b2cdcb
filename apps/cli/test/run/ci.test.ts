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

test('of GitHub Actions every part of the build is told, and no person', () => {
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

test.each([
  [
    'gitlab',
    { GITLAB_CI: 'true', CI_PROJECT_PATH: 'acme/web', CI_PIPELINE_ID: '55', CI_COMMIT_REF_NAME: 'main' },
    'acme/web-55',
    'main',
  ],
  [
    'jenkins',
    { JENKINS_URL: 'http://j', JOB_NAME: 'web/main', BUILD_NUMBER: '12', GIT_BRANCH: 'origin/main' },
    'web/main-12',
    'origin/main',
  ],
  [
    'circleci',
    {
      CIRCLECI: 'true',
      CIRCLE_PROJECT_USERNAME: 'acme',
      CIRCLE_PROJECT_REPONAME: 'web',
      CIRCLE_WORKFLOW_ID: 'w-1',
      CIRCLE_BRANCH: 'main',
    },
    'acme/web-w-1',
    'main',
  ],
  [
    'buildkite',
    { BUILDKITE: 'true', BUILDKITE_PIPELINE_SLUG: 'web', BUILDKITE_BUILD_NUMBER: '9', BUILDKITE_BRANCH: 'main' },
    'web-9',
    'main',
  ],
])('%s is recognised, and its build is the session', (provider, env, session, branch) => {
  const ci = detectCi(env)!
  expect([ci.provider, sessionOf(ci), ci.branch]).toEqual([provider, session, branch])
})

test("GitLab's environment is told", () => {
  const env = { GITLAB_CI: 'true', CI_PROJECT_PATH: 'a', CI_PIPELINE_ID: '1', CI_ENVIRONMENT_NAME: 'staging' }
  expect(detectCi(env)?.environment).toBe('staging')
})

test.each([
  ['nothing at all', {}],
  ['CI of another kind', { CI: 'true' }],
  ['a service that does not name its build', { GITHUB_ACTIONS: 'true' }],
])('of %s no build is made up', (_, env) => {
  expect(detectCi(env)).toBeUndefined()
})
