import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { anObservation } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeWith, prometheus } from './support/parts.ts'
import { record } from './support/post.ts'
import { ROOT } from './support/repository.ts'
import { createSkillwatch } from './support/skillwatch.ts'

const CONFIG = join(ROOT, 'infra/prometheus/prometheus.yml')

interface ScrapeConfig {
  job_name: string
  static_configs: { targets: string[] }[]
}

describe("Prometheus' configuration", () => {
  const config = parse(readFileSync(CONFIG, 'utf8')) as {
    global: { scrape_interval: string }
    scrape_configs: ScrapeConfig[]
  }
  const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, { image: string; ports?: string[] }>
  }

  test('every app of the compose file is scraped under its own name at the port it listens on', () => {
    // The command line has the same image and no port.
    const targets = Object.entries(compose.services).flatMap(([name, { image, ports }]) =>
      image === 'skillwatch' && ports !== undefined
        ? [{ name, targets: [`${name}:${ports[0]!.split(':').at(-1)}`] }]
        : [],
    )
    const scraped = config.scrape_configs.map(({ job_name, static_configs }) => ({
      name: job_name,
      targets: static_configs.flatMap((each) => each.targets),
    }))
    expect(targets.length).toBeGreaterThanOrEqual(3)
    expect(scraped).toEqual(expect.arrayContaining(targets))
  })

  test('scrapes are five seconds apart', () => {
    expect(config.global.scrape_interval).toBe('5s')
  })
})

describeWith(prometheus, "the check of Prometheus' own tools", () => {
  test('promtool accepts the configuration', () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'config', CONFIG], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test('promtool complains only about a metric name that session-buddy chose', async () => {
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('exporter')
    const observations = [
      anObservation({ workflow_phase: 'execution' }),
      anObservation({ skill_name: 'a"} 1\\', outcome: 'failed' }),
    ]
    await record(skillwatch.urls.ingest, observations, 'json')
    const text = await (await fetch(`${skillwatch.urls.exporter}/metrics`)).text()
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('nodejs_'))
    // session-buddy's name for a gauge.
    expect(complaints).toEqual(['active_sessions_total non-counter metrics should not have "_total" suffix'])
  })
})
