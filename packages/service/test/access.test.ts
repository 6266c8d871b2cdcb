import { createHash } from 'node:crypto'
import { SCOPES } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { demandAccessControl } from '../src/access.ts'
import { type Access, authenticate, type StoredKey } from '../src/index.ts'

function storedKey(key: string, overrides: Partial<StoredKey> = {}): StoredKey {
  const secret_hash = createHash('sha256').update(key).digest()
  return { secret_hash, scopes: 'ingest', project_id: 7, project: 'team', revoked_at_ms: null, ...overrides }
}

const keys: Record<string, StoredKey> = {
  a1: storedKey('sw_a1_secret_1'),
  b2: storedKey('sw_b2_secret', { scopes: 'admin' }),
  c3: storedKey('sw_c3_secret', { revoked_at_ms: 5 }),
}

function access(overrides: Partial<Access> = {}): Access {
  return {
    mode: 'loopback',
    host: '127.0.0.1',
    allowedHosts: [],
    allowedOrigins: [],
    findKey: (id) => keys[id],
    hasKeys: () => false,
    defaultProjectId: 1,
    findOpenProject: () => undefined,
    ...overrides,
  }
}

test('a key opens its own project, within its scopes', () => {
  expect(authenticate(access(), 'Bearer sw_a1_secret_1', 'ingest')).toEqual({ project_id: 7, name: 'team' })
  expect(authenticate(access(), 'bearer sw_a1_secret_1', 'ingest')).toEqual({ project_id: 7, name: 'team' })
  expect(authenticate(access(), 'Bearer sw_a1_secret_1', 'read')).toBe('forbidden')
})

test('admin includes all scopes', () => {
  for (const scope of SCOPES) {
    expect(authenticate(access(), 'Bearer sw_b2_secret', scope)).toEqual({ project_id: 7, name: 'team' })
  }
})

test.each([
  'Bearer sw_a1_other',
  'Bearer sw_zz_secret',
  'Bearer sw_c3_secret',
  'sw_a1_secret_1',
  'Basic eA==',
  '',
  'Bearer ',
])('%j is invalid, also where no key is needed', (header) =>
  expect(authenticate(access({ mode: 'allow' }), header, 'ingest')).toBe('invalid'),
)

test.each([
  ['loopback', '127.0.0.1', true],
  ['loopback', '0.0.0.0', false],
  ['allow', '0.0.0.0', true],
  ['deny', '127.0.0.1', false],
] as const)('in mode %s on %s, calling without a key is allowed: %s', (mode, host, allowed) => {
  const expected = allowed ? { project_id: 1, name: 'default' } : 'missing'
  expect(authenticate(access({ mode, host }), undefined, 'read')).toEqual(expected)
})

test('administering without a key ends with the first admin key', () => {
  expect(authenticate(access(), undefined, 'admin')).toEqual({ project_id: 1, name: 'default' })
  const withAdminKey = access({ hasKeys: (scope) => scope === 'admin' })
  expect(authenticate(withAdminKey, undefined, 'admin')).toBe('missing')
  expect(authenticate(withAdminKey, undefined, 'ingest')).toEqual({ project_id: 1, name: 'default' })
})

test('without a key an open project may be named; a key opens its own project, whatever is named', () => {
  const open = { project_id: 9, name: 'simulation' }
  const rules = access({ findOpenProject: (name) => (name === open.name ? open : undefined) })
  expect(authenticate(rules, undefined, 'ingest', 'simulation')).toEqual(open)
  expect(authenticate(rules, undefined, 'ingest', 'team')).toEqual({ project_id: 1, name: 'default' })
  expect(authenticate(rules, 'Bearer sw_a1_secret_1', 'ingest', 'simulation')).toMatchObject({
    name: 'team',
  })
  expect(authenticate({ ...rules, mode: 'deny' }, undefined, 'ingest', 'simulation')).toBe('missing')
})

test('without keys a service only listens on loopback, unless anonymous access is allowed', () => {
  expect(() => demandAccessControl(access({ host: '0.0.0.0' }))).toThrow(
    /will not listen on 0\.0\.0\.0 without API keys/,
  )
  expect(() => demandAccessControl(access({ mode: 'deny' }))).toThrow(/without API keys/)
  for (const fine of [
    {},
    { host: '0.0.0.0', mode: 'allow' },
    { host: '0.0.0.0', hasKeys: () => true },
  ] as const) {
    expect(() => demandAccessControl(access(fine))).not.toThrow()
  }
})
