import { expect, test } from 'vitest'
import { type HookChoice, hookCommand, hooksIn, ourHook, wantedHooks } from '../../src/setup/hooks.ts'
import { limitsOfCommands, obstacles } from '../../src/setup/obstacles.ts'

const chosen: HookChoice = {
  kind: 'http',
  ingestUrl: 'http://127.0.0.1:8766',
  hasKey: true,
  command: `/opt/node ${hookCommand('/var/spool')}`,
}

test('commands run in the background, except at the end of a session, which does not wait for those', () => {
  const hooks = wantedHooks({ ...chosen, kind: 'command' })
  expect(Object.keys(hooks)).toEqual([
    'PreToolUse',
    'PostToolUse',
    'PostToolUseFailure',
    'PermissionDenied',
    'UserPromptExpansion',
    'SessionEnd',
  ])
  const { SessionEnd, ...others } = hooks
  const { command } = chosen
  for (const group of Object.values(others))
    expect(group).toEqual({ hooks: [{ type: 'command', command, async: true }] })
  expect(SessionEnd).toEqual({ hooks: [{ type: 'command', command, timeout: 5 }] })
})

test('the hooks of both kinds are recognised as ours, with what they send', () => {
  for (const kind of ['http', 'command'] as const) {
    const hooks = hooksIn({ hooks: Object.fromEntries(groups(kind)) })
    const expected = {
      kind,
      ...(kind === 'http' ? { ingestUrl: chosen.ingestUrl } : { command: chosen.command }),
    }
    for (const { hook } of hooks) expect(ourHook(hook)).toMatchObject(expected)
    expect(hooks.length).toBeGreaterThan(5)
  }
})

function groups(kind: HookChoice['kind']): [string, object[]][] {
  return Object.entries(wantedHooks({ ...chosen, kind })).map(([event, group]) => [event, [group]])
}

test.each([
  [{ type: 'command', command: `/opt/node '/a b/apps/cli/bin.mjs' hook --spool /x` }, true],
  [{ type: 'command', command: 'npx skillwatch hook --texts' }, true],
  [{ type: 'command', command: 'skillwatch hook' }, true],
  [{ type: 'command', command: 'skillwatch hooks' }, false],
  [{ type: 'command', command: './check.sh hook' }, false],
  [{ type: 'command', command: 'my-skillwatch-hook' }, false],
  [{ type: 'http', url: 'https://skills.example/v1/hooks/claude-code' }, true],
  [{ type: 'http', url: 'https://skills.example/v1/hooks/claude-code/other' }, false],
  [{ type: 'http', url: 'https://hooks.example/' }, false],
  [{ type: 'prompt', prompt: 'skillwatch hook' }, false],
  ['skillwatch hook', false],
  [null, false],
])('whether %j is a hook of ours: %s', (hook, isOurs) => {
  expect(ourHook(hook) !== undefined).toBe(isOurs)
})

test.each([
  [{}, {}, /^$/],
  [{ disableAllHooks: true }, {}, /^`disableAllHooks` is on/],
  [{ disableAllHooks: true }, { kind: 'command' }, /^`disableAllHooks` is on/],
  [{ disableAllHooks: true }, { kind: 'none' }, /^$/],
  [{ disableAllHooks: false }, {}, /^$/],
  [{ allowedHttpHookUrls: [] }, {}, /add "http:\/\/127\.0\.0\.1:8766\/\*" to it, or .* --hooks command/],
  [{ allowedHttpHookUrls: ['https://hooks.example/*', 7] }, {}, /^`allowedHttpHookUrls` blocks/],
  [{ allowedHttpHookUrls: ['http://127x0x0x1:8766/*'] }, {}, /^`allowedHttpHookUrls` blocks/],
  [{ allowedHttpHookUrls: ['http://127.0.0.1:*'] }, {}, /^$/],
  [{ allowedHttpHookUrls: ['http://127.0.0.1:8766/v1/hooks/claude-code'] }, {}, /^$/],
  [{ allowedHttpHookUrls: [] }, { kind: 'command' }, /^$/],
  [{ httpHookAllowedEnvVars: ['TOKEN'] }, {}, /^`httpHookAllowedEnvVars` keeps the API key/],
  [{ httpHookAllowedEnvVars: ['TOKEN'] }, { hasKey: false }, /^$/],
  [{ httpHookAllowedEnvVars: ['SKILLWATCH_API_KEY'] }, {}, /^$/],
] as const)('with %j and %j the hooks meet %s', (settings, choice, expected) => {
  expect(obstacles(settings, { ...chosen, ...choice }).join('\n')).toMatch(expected)
})

test.each([
  [{ kind: 'command', hasKey: false }, /^$/],
  [{ kind: 'command', hasKey: false, ingestUrl: 'http://localhost:1' }, /^$/],
  [
    { kind: 'command', ingestUrl: 'http://10.0.0.7:8766' },
    /^command hooks write to \/spool.*--hooks http\.$/,
  ],
  [{ kind: 'command' }, /^command hooks record in project `default`, whatever the API key/],
  [{ kind: 'http', ingestUrl: 'http://10.0.0.7:8766' }, /^$/],
] as const)('of hooks with %j it is said %s', (choice, expected) => {
  expect(limitsOfCommands({ ...chosen, ...choice }, { spoolFolder: '/spool' }).join('\n')).toMatch(expected)
})
