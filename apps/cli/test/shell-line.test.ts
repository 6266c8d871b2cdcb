import { expect, test } from 'vitest'
import { shellLine } from '../src/shell-line.ts'

test('a command line survives the shell, whatever the folders are called', () => {
  expect(shellLine(['/opt/node', "it's a folder/x", '$(rm)'])).toBe(
    `/opt/node 'it'\\''s a folder/x' '$(rm)'`,
  )
})
