import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { createRecorder, migrateUp, openWriter } from '@skillwatch/db'
import { parseObservation, type ServerMessage, STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { anObservation, fixedClock, NOW_MS, temporaryFolder, until } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { COMPOSE_SERVICES, type Compose, composeProject, removeLeftovers } from './support/compose.ts'
import { containerEngine, describeWith } from './support/parts.ts'
import { record } from './support/post.ts'
import { queryPrometheus } from './support/prometheus.ts'
import { TRANSCRIPT_CALLS, writeTranscript } from './support/transcript.ts'

const UP_MS = 10 * 60_000
const SLOW_MS = 2 * 60_000

describeWith(containerEngine, 'the compose file', () => {
  let project: Compose
  const home = temporaryFolder()
  beforeAll(async () => {
    await removeLeftovers()
    // The containers run as another user.
    chmodSync(home.path, 0o755)
    writeTranscript(home.path)
    project = await composeProject({ CLAUDE_CONFIG_DIR: join(home.path, '.claude') })
    await project.up()
  }, UP_MS)
  afterAll(async () => {
    await project.down()
    home[Symbol.dispose]()
  }, SLOW_MS)

  test('all services become healthy', { timeout: SLOW_MS }, async () => {
    await until(async () => (await healthOf(project)).every(({ Health }) => Health === 'healthy'), {
      timeoutMs: 60_000,
    })
    expect((await healthOf(project)).map(({ Service }) => Service).toSorted()).toEqual(
      COMPOSE_SERVICES.toSorted(),
    )
  })

  test('Prometheus reaches every service', { timeout: SLOW_MS }, async () => {
    await until(async () => (await jobsUp(project)).length === COMPOSE_SERVICES.length, {
      timeoutMs: 60_000,
    })
    expect(await jobsUp(project)).toEqual(COMPOSE_SERVICES.toSorted())
  })

  test('a recorded call is in the answers of REST, the stream, the exporter and Prometheus', {
    timeout: SLOW_MS,
  }, async () => {
    await using stream = await openStream(project)
    await record(
      project.urls.ingest,
      [anObservation({ invocation_id: 'call-1', skill_name: 'compose-flow' })],
      'json',
    )
    await until(() => stream.invocationIds().includes('call-1'))
    expect((await invocation(project, 'call-1')).skill_name).toBe('compose-flow')
    expect(await exported(project, 'compose-flow')).toContain(' 1')
    await until(async () => (await counted(project, 'compose-flow')) === 1, { timeoutMs: 60_000 })
  })

  test('a restart keeps the rows, the counters and the epoch of the log', { timeout: SLOW_MS }, async () => {
    const { offset } = await position(project)
    await record(
      project.urls.ingest,
      [anObservation({ invocation_id: 'call-2', skill_name: 'compose-restart' })],
      'json',
    )
    // The call, and the use that is derived from it.
    await until(async () => (await position(project)).offset >= offset + 2)
    const before = await position(project)
    await project.compose('restart')
    await project.compose('up', '--detach', '--no-build', '--wait', ...COMPOSE_SERVICES)
    expect(await position(project)).toEqual(before)
    expect((await invocation(project, 'call-2')).skill_name).toBe('compose-restart')
    expect(await exported(project, 'compose-restart')).toContain(' 1')
    await record(project.urls.ingest, [anObservation({ skill_name: 'compose-restart' })], 'json')
    await until(async () => (await counted(project, 'compose-restart')) === 2, { timeoutMs: 60_000 })
  })

  test('readers open the database again after ingest has closed it', {
    timeout: SLOW_MS,
  }, async () => {
    const before = await position(project)
    await project.compose('stop', 'exporter', 'ws-gateway')
    await project.compose('stop', 'ingest')
    await project.compose('up', '--detach', '--no-build', '--no-deps', '--wait', 'exporter', 'ws-gateway')
    expect(await position(project)).toEqual(before)
    await project.compose('up', '--detach', '--no-build', '--wait', ...COMPOSE_SERVICES)
  })

  test('a service can write its data only, and does not run as root', { timeout: SLOW_MS }, async () => {
    const script = 'id -u; touch /app/x 2>/dev/null || echo refused; grep CapEff /proc/self/status'
    const lines = (await project.compose('exec', '-T', 'ingest', 'sh', '-c', script)).trim().split('\n')
    expect(lines).toEqual(['1000', 'refused', expect.stringMatching(/^CapEff:\s+0+$/)])
  })

  test("the command imports Claude Code's history, which it can only read, and remembers how far", {
    timeout: SLOW_MS,
  }, async () => {
    const run = (...args: string[]) => project.compose('run', '--rm', '-T', 'skillwatch', ...args)
    expect(await run('import', 'claude-code')).toMatch(
      new RegExp(`^sent +${TRANSCRIPT_CALLS} accepted`, 'm'),
    )
    expect(await run('import', 'claude-code')).toMatch(/^files +1 found, 0 read, 1 unchanged$/m)
    expect((await invocation(project, 'toolu_2')).skill_name).toBe('Bash')
    const write = ['run', '--rm', '-T', '--entrypoint', 'touch', 'skillwatch', '/claude/x']
    await expect(project.compose(...write)).rejects.toThrow('Read-only file system')
  })

  test('every port is published on 127.0.0.1 only', { timeout: SLOW_MS }, async () => {
    const config = JSON.parse(await project.compose('config', '--format', 'json')) as {
      services: Record<string, { ports: { host_ip?: string }[] }>
    }
    const addresses = Object.values(config.services).flatMap(({ ports }) =>
      ports.map(({ host_ip }) => host_ip),
    )
    expect(addresses).toEqual(Array.from({ length: 7 }, () => '127.0.0.1'))
  })

  test('the history of npm start is used from its folder, unless npm start still writes it', {
    timeout: UP_MS,
  }, async () => {
    using data = temporaryFolder()
    const shared = project.withVariables({
      SKILLWATCH_DATA: data.path,
      SKILLWATCH_USER: `${process.getuid!()}:${process.getgid!()}`,
    })
    {
      using writer = openWriter(`sqlite:${join(data.path, 'skillwatch.db')}`)
      migrateUp(writer, NOW_MS)
      await using recorder = createRecorder(writer, { queueItemsMax: 10, now: fixedClock })
      await recorder.record(1, [parsed('of-npm-start')])
      await expect(shared.compose('run', '--rm', '-T', '--no-deps', 'ingest')).rejects.toThrow(
        'another process writes /data/skillwatch.db: only one may; stop ingest first',
      )
    }
    await shared.up()
    expect((await invocation(shared, 'of-npm-start')).skill_name).toBe(anObservation().skill_name)
  })
})

function parsed(invocation_id: string) {
  const result = parseObservation(anObservation({ invocation_id }), NOW_MS, () => invocation_id)
  if ('reason' in result) throw new Error(result.reason)
  return result.observation
}

async function healthOf({ compose }: Compose): Promise<{ Service: string; Health: string }[]> {
  const lines = (await compose('ps', '--format', 'json')).trim().split('\n')
  return lines.map((line) => JSON.parse(line) as { Service: string; Health: string })
}

async function jobsUp({ urls }: Compose): Promise<string[]> {
  const series = await queryPrometheus(urls.prometheus, 'up == 1')
  return series.map(({ metric }) => metric.job!).toSorted()
}

async function invocation({ urls }: Compose, id: string): Promise<{ skill_name: string }> {
  return (await (await fetch(`${urls.wsGateway}/v1/invocations/${id}`)).json()) as { skill_name: string }
}

async function exported({ urls }: Compose, skillName: string): Promise<string | undefined> {
  const text = await (await fetch(`${urls.exporter}/metrics`)).text()
  return text
    .split('\n')
    .find((line) => line.startsWith('skill_invocations_total{completed="true"') && line.includes(skillName))
}

async function counted({ urls }: Compose, skillName: string): Promise<number> {
  const query = `sum(skill_invocations_total{completed="true", skill_name="${skillName}"})`
  return Number((await queryPrometheus(urls.prometheus, query))[0]?.value[1])
}

async function position(project: Compose): Promise<{ epoch: string; offset: number }> {
  await using stream = await openStream(project)
  const { epoch, offset } = await until(() => stream.hello())
  return { epoch, offset }
}

async function openStream({ urls }: Compose) {
  const messages: ServerMessage[] = []
  const socket = new WebSocket(urls.wsGateway.replace('http', 'ws'), STREAM_SUBPROTOCOL)
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as ServerMessage))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send(JSON.stringify({ type: 'subscribe', id: 'all', from: 'now' }))
  await until(() => messages.some(({ type }) => type === 'subscribed'))
  return {
    hello: () => messages.find((message) => message.type === 'hello'),
    invocationIds: () =>
      messages.flatMap((message) =>
        message.type === 'changes'
          ? message.items.map((item) => ('invocation' in item ? item.invocation.invocation_id : ''))
          : [],
      ),
    async [Symbol.asyncDispose]() {
      socket.close()
      await new Promise((resolve) => socket.once('close', resolve))
    },
  }
}
