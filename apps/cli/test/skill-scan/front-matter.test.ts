import { expect, test } from 'vitest'
import { frontMatter } from '../../src/skill-scan/front-matter.ts'

test.each<[string, string | undefined, string | null]>([
  ['---\nname: pdf\ndescription: Fills forms.\n---\ntext', 'pdf', 'Fills forms.'],
  ['\uFEFF---\r\nname: pdf\r\ndescription: x\r\n---\r\ntext', 'pdf', 'x'],
  ['---\nname: pdf\ndescription: |\n  Two\n  lines.\n---\n', 'pdf', 'Two\nlines.'],
  ['---\ndescription: x\n---', undefined, 'x'],
  ['---\nname: 5\ndescription: [a]\n---', undefined, null],
  ['---\n---\ntext', undefined, null],
  ['# no front matter', undefined, null],
  [`---\nname: ${'x'.repeat(201)}\ndescription: ${'y'.repeat(1_100)}\n---`, undefined, 'y'.repeat(1_024)],
])('of %j the name is %s and the description %j', (text, name, description) => {
  expect(frontMatter(text)).toEqual({ name, description })
})

test.each([
  ['---\nname: [\n---\n', 'has front matter that is not YAML'],
  ['---\n- a\n- b\n---\n', 'has front matter that is not YAML'],
  [`---\n${'a: b\n'.repeat(4_000)}---\n`, 'has front matter that is too long'],
  [
    `---\na: &a [x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n---\n`,
    'has front matter that is not YAML',
  ],
])('damaged front matter is named, and its skill has no description', (text, problem) => {
  expect(frontMatter(text)).toEqual({ name: undefined, description: null, problem })
})
