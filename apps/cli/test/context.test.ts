import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createPaint, type Output, type World, widthOf } from '../src/context.ts'

const pipe = new PassThrough()
const terminal = Object.assign(new PassThrough(), { isTTY: true })

test.each([
  ['a terminal', terminal, {}, true],
  ['a pipe', pipe, {}, false],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
])('in %s colours are as expected', (_, output, env, isColoured) => {
  expect(createPaint(output, env)('red', 'x')).toBe(isColoured ? '\u001b[31mx\u001b[39m' : 'x')
})

test('lines are as wide as the terminal, or 80 columns if it reports none; elsewhere they have no bound', () => {
  const widthOn = (stdout: Output) => widthOf({ stdout } as World)
  expect(widthOn(Object.assign(new PassThrough(), { isTTY: true as const, columns: 132 }))).toBe(132)
  expect(widthOn(Object.assign(new PassThrough(), { isTTY: true as const, columns: 0 }))).toBe(80)
  expect(widthOn(pipe)).toBe(Number.POSITIVE_INFINITY)
})
