import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { MEBIBYTES, withProgressBar } from '../../src/import/progress-bar.ts'

/** What a terminal receives while 3 MiB are read. */
async function shown(total: number | undefined): Promise<string> {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  await withProgressBar(terminal, MEBIBYTES, async (bar) => {
    bar.start(total)
    bar.add(3 * 1_048_576)
  })
  return String(terminal.read())
}

test('a bar shows the part that was read', async () => {
  expect(await shown(6 * 1_048_576)).toContain('50% | 3.0/6.0 MiB | ')
})

test('where the end is not known, what was read is shown', async () => {
  const text = await shown(undefined)
  expect(text).toContain('3.0 MiB read, 0s')
  expect(text).not.toContain('%')
})

test('an output that is no terminal stays empty', async () => {
  const pipe = new PassThrough()
  await withProgressBar(pipe, MEBIBYTES, async (bar) => bar.start(1))
  expect(pipe.read()).toBeNull()
})
