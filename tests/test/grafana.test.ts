import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { anObservation, until } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeWith, prometheus } from './support/parts.ts'
import { record } from './support/post.ts'
import { startPrometheus } from './support/prometheus.ts'
import { ROOT } from './support/repository.ts'
import { createSkillwatch } from './support/skillwatch.ts'

interface Panel {
  id: number
  type: string
  title: string
  datasource?: { uid: string }
  targets?: { expr: string; legendFormat: string; datasource: { uid: string } }[]
  fieldConfig?: {
    defaults: { unit: string; thresholds?: { steps: { color: string; value: number | null }[] } }
  }
}

const file = (path: string) => readFileSync(join(ROOT, 'infra/grafana', path), 'utf8')
const dashboard = JSON.parse(file('dashboards/phase4-skills-dashboard.json')) as {
  uid: string
  id: null
  schemaVersion: number
  panels: Panel[]
}
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const queries = panels.flatMap(({ id, title, targets = [] }) =>
  targets.map(({ expr }) => ({ id, title, expr })),
)

describe('the skills dashboard', () => {
  test('it has the uid that links and provisioning use', () => {
    expect(dashboard).toMatchObject({ uid: 'phase4-skills-dashboard', id: null, schemaVersion: 39 })
  })

  test("its eight panels have session-buddy's ids, each with a query, a legend and a unit", () => {
    expect(panels.map(({ id }) => id).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    for (const { targets, fieldConfig, title } of panels) {
      expect(targets!.length, title).toBeGreaterThan(0)
      expect(
        targets!.every(({ legendFormat }) => legendFormat !== ''),
        title,
      ).toBe(true)
      expect(fieldConfig!.defaults.unit, title).toBeTruthy()
    }
  })

  test('every panel and query uses the provisioned datasource', () => {
    const provisioned = parse(file('provisioning/datasources/prometheus.yaml')) as {
      datasources: { uid: string }[]
    }
    const asked = panels.flatMap(({ datasource, targets = [] }) => [
      datasource,
      ...targets.map((each) => each.datasource),
    ])
    expect(provisioned.datasources.map(({ uid }) => uid)).toEqual(['prometheus'])
    expect(new Set(asked.map((each) => each?.uid))).toEqual(new Set(['prometheus']))
  })

  test('rates between 0 and 1 are shown as percentages, and a high one is green', () => {
    for (const panel of panels.filter(({ targets }) =>
      targets!.some(({ expr }) => expr.startsWith('skill_completion_rate')),
    )) {
      expect(panel.fieldConfig!.defaults.unit).toBe('percentunit')
    }
    const gauge = panels.find(({ type }) => type === 'gauge')!
    expect(gauge.fieldConfig!.defaults.thresholds!.steps).toEqual([
      { color: 'red', value: null },
      { color: 'yellow', value: 0.7 },
      { color: 'green', value: 0.9 },
    ])
  })

  test('every range fits the scrape interval, and quantiles are computed from sums by bucket', () => {
    for (const { expr } of queries) {
      expect(expr.match(/\[[^\]]*\]/g) ?? []).toEqual(expr.includes('rate(') ? ['[$__rate_interval]'] : [])
      if (expr.includes('histogram_quantile')) expect(expr).toMatch(/sum by \(le, [a-z_, ]+\) \(rate\(/)
    }
  })
})

describeWith(prometheus, 'every query of the dashboard', () => {
  test('it answers from a real Prometheus fed by the real exporter', { timeout: 60_000 }, async () => {
    await using skillwatch = await createSkillwatch()
    await skillwatch.start('ingest')
    await skillwatch.start('exporter')
    const { ingest, exporter } = skillwatch.urls
    await using server = await startPrometheus({ exporter, ingest })
    const answers = async (expr: string) => {
      const observations = [
        anObservation({ workflow_phase: 'execution', execution_ms: 1_500 }),
        anObservation({ workflow_phase: 'setup', outcome: 'failed', execution_ms: 400 }),
      ]
      await record(ingest, observations, 'json')
      const found = await server.query(
        expr.replaceAll('$__rate_interval', '5s').replaceAll('$kind', 'skill|tool'),
      )
      return found.length > 0 && found.every(({ value }) => Number.isFinite(Number(value[1])))
        ? found
        : undefined
    }
    for (const { id, title, expr } of queries) {
      // Nothing reports findings here, so the family has no series: the query must be valid and its answer
      // empty.
      if (id === 8) expect(await server.query(expr.replaceAll('$__rate_interval', '5s'))).toEqual([])
      else
        await until(async () => await answers(expr), {
          timeoutMs: 20_000,
          what: `an answer for ${title}: ${expr}`,
        })
    }
  })
})
