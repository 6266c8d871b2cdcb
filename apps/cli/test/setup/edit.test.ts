import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addToSettings,
  isSameSettings,
  removeFromSettings,
  SettingsShapeError,
  settingsOf,
} from '../../src/setup/edit.ts'
import { JsoncError, positionOfExtension } from '../../src/setup/jsonc.ts'

const HTTP = { hooks: [{ type: 'http', url: 'http://127.0.0.1:8766/v1/hooks/claude-code' }] }
const GROUP = { hooks: [{ type: 'command', command: 'skillwatch hook', async: true }] }
const WANTED = { env: { A: '1', B: '2' }, hooks: { PreToolUse: GROUP, PostToolUse: GROUP } }

test('what is added stands at the ends, in the layout of the file, and nothing else changes', () => {
  const before = `{
\t"model": "opus",   "big": 12345678901234567890,
\t"hooks": {
\t\t"PreToolUse": [{"matcher": "Bash", "hooks": []}]
\t},
\t"env": {}
}
`
  const { text } = addToSettings(before, { env: { A: '1' }, hooks: { PreToolUse: { hooks: [] } } })
  expect(text).toBe(`{
\t"model": "opus",   "big": 12345678901234567890,
\t"hooks": {
\t\t"PreToolUse": [{"matcher": "Bash", "hooks": []}, {"hooks":[]}]
\t},
\t"env": {
\t\t"A": "1"
\t}
}
`)
})

test('comments stay beside what they are about, trailing commas and a byte order mark stay too', () => {
  const before = `\uFEFF{
  // the model
  "model": "opus", // the best
  "env": {
    "MINE": "x", /* mine */
  }, // variables
  /* the end */
}
`
  const { text, added } = addToSettings(before, { env: { A: '1' }, hooks: { PreToolUse: GROUP } })
  expect(text).toBe(`\uFEFF{
  // the model
  "model": "opus", // the best
  "env": {
    "MINE": "x", /* mine */
    "A": "1",
  }, // variables
  "hooks": {
    "PreToolUse": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "skillwatch hook",
            "async": true
          }
        ]
      }
    ]
  },
  /* the end */
}
`)
  expect(removeFromSettings(text, added)).toBe(before)
})

test('a comment that someone wrote beside what was added stays when that is removed', () => {
  const { text, added } = addToSettings('{\n  "env": {\n    "MINE": "x"\n  }\n}\n', {
    env: { A: '1', B: '2' },
    hooks: {},
  })
  const commented = text.replace('"A": "1",', '"A": "1" /* why */, // because')
  expect(removeFromSettings(commented, added)).toBe(
    '{\n  "env": {\n    "MINE": "x"\n    /* why */ // because\n  }\n}\n',
  )
})

test('adding variables twice adds them once', () => {
  const wanted = { ...WANTED, hooks: {} }
  const { text } = addToSettings('{}', wanted)
  expect(addToSettings(text, wanted)).toEqual({ text, added: { env: {} } })
})

test('a value that is replaced comes back', () => {
  const before = '{"env":{"A":0,"B":"2"}}'
  const { text, added } = addToSettings(before, { ...WANTED, hooks: {} })
  expect(text).toBe('{"env":{"A":"1","B":"2"}}')
  expect(added).toEqual({ env: { A: '1' }, replaced: { A: 0 } })
  expect(removeFromSettings(text, added)).toBe(before)
})

test('what others add between survives the removal', () => {
  const { text, added } = addToSettings('{"env":{"MINE":"x"}}', WANTED)
  const settings = JSON.parse(text)
  settings.env.THEIRS = 'y'
  settings.env.A = 'changed'
  settings.hooks.PreToolUse.push({ hooks: [{ type: 'command', command: 'theirs' }] })
  expect(JSON.parse(removeFromSettings(JSON.stringify(settings, null, 4), added))).toEqual({
    env: { MINE: 'x', A: 'changed', THEIRS: 'y' },
    hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: 'theirs' }] }] },
  })
})

test('variables that were there before remain, although they are the same', () => {
  const before = JSON.stringify({ env: { A: '1' } })
  const { text, added } = addToSettings(before, WANTED)
  expect(removeFromSettings(text, added)).toBe(before)
})

test('hooks of both kinds are removed from every event without a record, those beside them stay', () => {
  const theirs = { type: 'command', command: './check.sh' }
  const before = {
    hooks: {
      PreToolUse: [HTTP, { matcher: 'Bash', hooks: [theirs, ...GROUP.hooks] }, GROUP],
      Stop: [{ matcher: '*', hooks: [...HTTP.hooks, ...GROUP.hooks] }],
      PostToolUse: [],
    },
  }
  expect(JSON.parse(removeFromSettings(JSON.stringify(before, null, 2), { env: {} }))).toEqual({
    hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [theirs] }], PostToolUse: [] },
  })
})

test('settings are the same in another order of keys and groups, and not with other values', () => {
  const a = '{"model":"opus","hooks":{"A":[{"hooks":[1]},{"hooks":[2]}],"B":[]}}'
  const b = '{"hooks":{"B":[],"A":[{"hooks":[2]},{"hooks":[1]}]}, // c\n"model":"opus"}'
  expect(isSameSettings(a, b)).toBe(true)
  expect(isSameSettings(a, b.replace('opus', 'sonnet'))).toBe(false)
  expect(isSameSettings(a, b.replace('[2]', '[3]'))).toBe(false)
})

test.each([
  ['[]', 'an object was expected'],
  ['{"env":[]}', '`env` should be an object'],
  ['{"hooks":null}', '`hooks` should be an object'],
  ['{"hooks":{"PreToolUse":{}}}', '`hooks.PreToolUse` should be a list'],
  ['{"env":{},\n "env":{}}', 'line 2, column 2: the key "env" is repeated'],
  ['{"env":{"A":"1","A":"2"}}', 'line 1, column 17: the key "A" is repeated'],
])('%j is refused: %s', (text, message) => {
  expect(() => addToSettings(text, WANTED)).toThrow(new SettingsShapeError(message))
})

test.each([
  ['{"env": {', 'line 1, column 10: close brace expected'],
  ['\uFEFF{\r\n  "a": 1\r\n  "b": 2\r\n}', 'line 3, column 3: comma expected'],
  ['{\n  "key": planted-secret\n}', 'line 2, column 10: invalid symbol'],
  ['{"a":"x', 'line 1, column 6: unexpected end of string'],
  ['{} {}', 'line 1, column 4: end of file expected'],
])('%j is not JSON: %s', (text, message) => {
  expect(() => settingsOf(text)).toThrow(new JsoncError(message))
})

test.each([
  ['{"a": "// no comment", "b": ["/*,]"]}', undefined],
  ['\uFEFF{"a": [1,]}', 'line 1, column 10'],
  ['{\n  // why\n  "a": 1\n}', 'line 2, column 3'],
])('in %j JSON ends at %s', (text, place) => {
  expect(positionOfExtension(text)).toBe(place)
})

/** What may stand between the tokens of a text. Each comment gets a number of its own. */
const trivia = fc.constantFrom('', ' ', '\n', '  ', '\r\n', '\t', '// #\n', '/* # */', '\n    ')

/** A settings text in any layout, with comments and trailing commas. */
function settingsText(value: unknown, between: readonly string[], trailing: readonly boolean[]): string {
  let place = 0
  let container = 0
  const gap = () => between[place++ % between.length]!.replace('#', `comment ${place}`)
  const list = (open: string, parts: string[], close: string) => {
    const comma = parts.length > 0 && trailing[container++ % trailing.length] ? `,${gap()}` : ''
    return open + gap() + parts.join(`${gap()},${gap()}`) + gap() + comma + close
  }
  const write = (part: unknown): string => {
    if (Array.isArray(part)) return list('[', part.map(write), ']')
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    const members = Object.entries(part).map(
      ([key, each]) => `${JSON.stringify(key)}${gap()}:${gap()}${write(each)}`,
    )
    return list('{', members, '}')
  }
  return gap() + write(value) + gap()
}

const names = fc.constantFrom('A', 'B', 'C', 'PreToolUse', 'x"y', 'é\n', '')
const settings = fc.record(
  {
    model: fc.jsonValue({ maxDepth: 2 }),
    env: fc.dictionary(names, fc.string()),
    hooks: fc.dictionary(names, fc.array(fc.jsonValue({ maxDepth: 2 }))),
    'a{[,]}:b': fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
)
const texts = fc
  .tuple(
    settings,
    fc.array(trivia, { minLength: 1, maxLength: 12 }),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '\uFEFF'),
  )
  .map(([value, between, trailing, mark]) => mark + settingsText(value, between, trailing))

interface Parts {
  readonly env: object
  readonly hooks: Record<string, unknown[]>
  readonly rest: object
}

const commentsOf = (text: string) => text.match(/comment \d+/g) ?? []

/** Without the objects and lists that the removal may leave out, because they are empty. */
function lean(text: string): unknown {
  const { env = {}, hooks = {}, ...rest } = settingsOf(text)
  const groups = Object.entries(hooks as Record<string, unknown[]>).filter(([, list]) => list.length > 0)
  return JSON.parse(JSON.stringify({ ...rest, env, hooks: Object.fromEntries(groups) }))
}

test('in any settings, adding changes nothing else, and removing gives the same settings again', () => {
  fc.assert(
    fc.property(texts, (before) => {
      const { text, added } = addToSettings(before, WANTED)
      const [was, is] = [settingsOf(before), settingsOf(text)].map(({ env = {}, hooks = {}, ...rest }) => ({
        env,
        hooks: hooks as Record<string, unknown[]>,
        rest,
      })) as [Parts, Parts]
      expect({ ...is.env }).toEqual({ ...was.env, ...WANTED.env })
      expect({ ...is, env: 0, hooks: 0 }).toEqual({ ...was, env: 0, hooks: 0 })
      for (const event of new Set([...Object.keys(was.hooks ?? {}), ...Object.keys(WANTED.hooks)])) {
        const ours = event in WANTED.hooks ? [GROUP] : []
        expect(JSON.stringify(is.hooks[event])).toBe(
          JSON.stringify([...(was.hooks?.[event] ?? []), ...ours]),
        )
      }
      expect(commentsOf(text)).toEqual(commentsOf(before))
      const undone = removeFromSettings(text, added)
      expect(lean(undone)).toEqual(lean(before))
      expect(commentsOf(undone)).toEqual(commentsOf(before))
      expect(undone.startsWith('\uFEFF')).toBe(before.startsWith('\uFEFF'))
    }),
    { numRuns: 150 },
  )
})
