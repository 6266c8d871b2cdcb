import { expect, test } from 'vitest'
import { readSettings } from '../../src/settings.ts'
import { bannerLines } from '../../src/start/banner.ts'
import { columns } from '../../src/text.ts'

const plain = (_format: unknown, text: string) => text

test('at 80 columns the banner has every address whole, with what it is for', () => {
  const settings = readSettings({ SKILLWATCH_DATABASE_URL: 'sqlite:/srv/skillwatch.db' })
  expect(`${bannerLines(settings, 80, plain).join('\n')}\n`).toBe(`\
Skillwatch runs on sqlite:/srv/skillwatch.db

  record   http://127.0.0.1:8766          ingest
  read     http://127.0.0.1:8765          ws-gateway
  stream   ws://127.0.0.1:8765            ws-gateway, live
  metrics  http://127.0.0.1:9090/metrics  exporter, for Prometheus
  health   http://127.0.0.1:8768          analyst, which finds anomalies
  API      http://127.0.0.1:8766/docs     of ingest
           http://127.0.0.1:8765/docs     of ws-gateway

Next, in another window:
  npx skillwatch import claude-code   import your agent's history
  npx skillwatch tail                 follow invocations live
  npx skillwatch findings             show what differs from usual
  npx skillwatch doctor               check this installation

Ctrl-C stops it.
`)
})

test('explanations are cut to the width; a long path gets a line of its own and is whole', () => {
  const databaseUrl = `sqlite:/${'folder/'.repeat(9)}skillwatch.db`
  const { listeners } = readSettings({})
  const lines = bannerLines({ listeners, databaseUrl }, 50, plain)
  expect(lines.slice(0, 2)).toEqual(['Skillwatch runs on', `  ${databaseUrl}`])
  expect(lines).toContain('  metrics  http://127.0.0.1:9090/metrics  exporte…')
  expect(Math.max(...lines.slice(2).map(columns))).toBeLessThanOrEqual(50)
})
