import { describe, expect, test } from 'vitest'
import type { RunningService } from '../../src/start/ports.ts'
import { describeTakenPorts, type TakenPort } from '../../src/start/taken-ports.ts'

const NEEDED = [
  ['ingest', 8766, 'INGEST_PORT'],
  ['ws-gateway', 8765, 'WS_GATEWAY_PORT'],
  ['exporter', 9090, 'EXPORTER_PORT'],
  ['analyst', 8768, 'ANALYST_PORT'],
] as const

/** All ports, each used by its service of one Skillwatch. */
function takenBy(running: RunningService): TakenPort[] {
  return NEEDED.map(([name, port, portVariable]) => ({
    name,
    port,
    portVariable,
    url: `http://127.0.0.1:${port}`,
    freePort: port + 10,
    running: { service: name, ...running },
  }))
}

const BY_COMPOSE = takenBy({ started_by: 'docker compose' })
const BY_START = takenBy({
  started_by: 'skillwatch start',
  pid: 4712,
  parent_pid: 4711,
  database: '/data/other.db',
})

test('a Skillwatch of docker compose is named with the command that stops it', () => {
  expect(describeTakenPorts(BY_COMPOSE, undefined).split('\n')).toEqual([
    'Skillwatch runs already, so nothing was started:',
    "  8766 (ingest)        Skillwatch's ingest, started by docker compose",
    "  8765 (ws-gateway)    Skillwatch's ws-gateway, started by docker compose",
    "  9090 (exporter)      Skillwatch's exporter, started by docker compose",
    "  8768 (analyst)       Skillwatch's analyst, started by docker compose",
    'Stop it first: docker compose stop',
    'Or start a second one beside it, with other ports and another database:',
    '  INGEST_PORT=8776 WS_GATEWAY_PORT=8775 EXPORTER_PORT=9100 ANALYST_PORT=8778 \\',
    '  SKILLWATCH_DATABASE_URL=sqlite:./data/second.db npm start',
  ])
})

test('a Skillwatch with another database needs only other ports beside it', () => {
  expect(describeTakenPorts(BY_START, false).split('\n').slice(5)).toEqual([
    'It uses another database.',
    '  /data/other.db',
    'Stop it first: Ctrl-C in its window, or kill 4711',
    'Or start beside it, on other ports:',
    '  INGEST_PORT=8776 WS_GATEWAY_PORT=8775 EXPORTER_PORT=9100 ANALYST_PORT=8778 \\',
    '  npm start',
  ])
})

test('a single service, one of an earlier version, and another program each have their advice', () => {
  const [ingest, gateway, exporter] = BY_START as [TakenPort, TakenPort, TakenPort]
  const taken = [
    { ...ingest, running: { service: 'ingest', pid: 4713 } },
    { ...gateway, running: {} },
    { ...exporter, running: undefined },
  ]
  expect(describeTakenPorts(taken, undefined).split('\n').slice(0, 7)).toEqual([
    'ports are in use, so nothing was started:',
    "  8766 (ingest)        Skillwatch's ingest, process 4713",
    "  8765 (ws-gateway)    Skillwatch's service of an earlier version",
    '  9090 (exporter)      another program',
    'Stop it first: kill 4713',
    'Stop it first, where it was started.',
    'Stop the other program: `ss -ltnp` or `lsof -i :9090` names it.',
  ])
})

test('what a program says of itself cannot control the terminal', () => {
  const text = describeTakenPorts(takenBy({ service: '\u001b[2J', started_by: '\u001b[1m' }), undefined)
  expect(text).not.toContain('\u001b')
})

describe.each([
  ['docker compose', BY_COMPOSE],
  ['skillwatch start', BY_START],
  ['other programs', BY_START.map((port) => ({ ...port, running: undefined }))],
])('beside %s', (_, taken) => {
  test.each([true, false, undefined])('no line is longer than 80 columns (same database: %s)', (isSame) => {
    const lines = `error: ${describeTakenPorts(taken, isSame)}`.split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})
