import { runCli } from '../../run-cli.ts'
import type { Source } from './source.ts'

/** Runs commands in a planted environment. @returns what was printed */
export async function runCommands({ own, planted }: Source): Promise<string> {
  const token = (field: string) => planted.token(`run: ${field}`)
  const options = ['--skill', token('skill'), '--phase', token('phase'), '--step', token('step')]
  const line = ['--', 'sh', '-c', `exit 3 # ${planted.text('run: line')}`]
  const environments: Record<string, string>[] = [
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKFLOW: token('workflow'),
      GITHUB_RUN_ID: token('run id'),
      GITHUB_SHA: token('sha'),
      GITHUB_REF_NAME: planted.note('run: branch'),
      GITHUB_JOB: token('job'),
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: token('repository'),
      GITHUB_EVENT_NAME: token('event'),
      GITHUB_TOKEN: token('GITHUB_TOKEN'),
    },
    {
      GITLAB_CI: 'true',
      CI_PROJECT_PATH: token('project path'),
      CI_PIPELINE_ID: token('pipeline id'),
      CI_PIPELINE_URL: `https://someone:${planted.plain('run: password of a URL')}@gitlab.example/p/1`,
      CI_ENVIRONMENT_NAME: token('environment name'),
      CI_JOB_TOKEN: token('CI_JOB_TOKEN'),
    },
    {
      SKILLWATCH_SESSION_ID: token('session variable'),
      SKILLWATCH_PARENT_INVOCATION_ID: token('parent variable'),
    },
  ]
  const results = []
  for (const environment of environments) {
    results.push(await runCli(['run', ...options, ...line], { ...own.env, ...environment }))
  }
  const session = ['--session', token('session'), '--environment', token('environment')]
  results.push(await runCli(['run', ...options, ...session, '--', 'true'], own.env))
  // Nothing listens on port 1: the call waits in the spool, and ingest takes it from there.
  results.push(await runCli(['run', ...options, ...line], { ...own.env, INGEST_PORT: '1' }))
  return results.map(({ stdout, stderr }) => stdout + stderr).join('')
}
