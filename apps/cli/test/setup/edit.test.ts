import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addToSettings, removeFromSettings, SettingsShapeError } from '../../src/setup/edit.ts'

const GROUP = { hooks: [{ type: 'http', url: 'http://127.0.0.1:8766/v1/hooks/claude-code' }] }
const WANTED = { env: { A: '1', B: '2' }, hooks: { PreToolUse: GROUP, PostToolUse: GROUP } }

test('what is added stands at the ends, in the manner of the file, and nothing else changes', () => {
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

test('adding twice adds once', () => {
  const { text } = addToSettings('{}', WANTED)
  expect(addToSettings(text, WANTED)).toEqual({ text, added: { env: {}, hooks: {}, made: [] } })
})

test('what others add between survives taking ours out', () => {
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

test('what was there before is not taken out, though it is the same as ours', () => {
  const before = JSON.stringify({ env: { A: '1' }, hooks: { PreToolUse: [GROUP], PostToolUse: [] } })
  const { text, added } = addToSettings(before, WANTED)
  expect(JSON.parse(removeFromSettings(text, added))).toEqual(JSON.parse(before))
})

test.each([
  ['[]', 'an object was expected'],
  ['{"env":[]}', '`env` should be an object'],
  ['{"hooks":null}', '`hooks` should be an object'],
  ['{"hooks":{"PreToolUse":{}}}', '`hooks.PreToolUse` should be a list'],
])('%s is refused: %s', (text, message) => {
  expect(() => addToSettings(text, WANTED)).toThrow(new SettingsShapeError(message))
})

const space = fc.constantFrom('', ' ', '\n', '  ', '\r\n', '\t')

/** JSON in any layout. Line breaks stand between values only: inside of texts they are escaped. */
const jsonText = (value: fc.Arbitrary<unknown>) =>
  fc
    .tuple(value, fc.constantFrom(undefined, 2, 4, '\t'), space, space)
    .map(([json, indent, between, around]) => {
      return around + JSON.stringify(json, null, indent).replaceAll('\n', `\n${between}`) + around
    })

const names = fc.constantFrom('A', 'B', 'C', 'PreToolUse', 'x"y', 'é\n', '')
const settings = fc.record(
  {
    model: fc.jsonValue(),
    env: fc.dictionary(names, fc.string()),
    hooks: fc.dictionary(names, fc.array(fc.oneof(fc.constant(GROUP), fc.jsonValue()))),
    'a{[,]}:b': fc.jsonValue(),
  },
  { requiredKeys: [] },
)

test('in any settings, adding changes nothing else, and removing gives the same settings again', () => {
  fc.assert(
    fc.property(jsonText(settings), (before) => {
      const { text, added } = addToSettings(before, WANTED)
      const [was, is] = [JSON.parse(before), JSON.parse(text)]
      expect(is.env).toEqual({ ...WANTED.env, ...was.env })
      expect({ ...is, env: 0, hooks: 0 }).toEqual({ ...was, env: 0, hooks: 0 })
      for (const [event, groups] of Object.entries(was.hooks ?? {})) {
        expect(is.hooks[event].slice(0, (groups as unknown[]).length)).toEqual(groups)
      }
      expect(is.hooks.PreToolUse).toContainEqual(GROUP)
      expect(JSON.parse(removeFromSettings(text, added))).toEqual(was)
    }),
    { numRuns: 500 },
  )
})
