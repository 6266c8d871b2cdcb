import { createHash } from 'node:crypto'
import { fixedClock } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../../run-cli.ts'
import { hostileWeeks, type OwnGateway, startGatewayWith } from '../some-weeks.ts'

let gateway: OwnGateway
let page: string

beforeAll(async () => {
  gateway = await startGatewayWith(hostileWeeks())
  page = await pageOf()
})

afterAll(() => gateway[Symbol.asyncDispose]())

async function pageOf(...args: string[]): Promise<string> {
  const all = ['report', '--format', 'html', '--url', gateway.url, '--time-zone', 'UTC', ...args]
  return (await runHere(all, {}, { nowMs: fixedClock })).stdout
}

/** All that a pattern captures. */
function matches(pattern: RegExp): string[] {
  return [...page.matchAll(pattern)].map(([, found]) => found!)
}

test('the elements of the page are ours, whatever names contain', () => {
  const elements = new Set(matches(/<([a-z][a-z0-9]*)/g))
  expect([...elements].sort()).toEqual(
    (
      'bdi body circle dd desc div dl dt figcaption figure g h1 h2 h3 head header html i li line main meta p ' +
      'path rect section span strong style svg table tbody td text th thead title tr ul'
    ).split(' '),
  )
  expect(page).toContain('&lt;script>alert(1)&lt;/script>')
})

test('the policy of the page permits its own stylesheet and nothing else', () => {
  const [style] = matches(/<style>(.*?)<\/style>/gs)
  const hash = createHash('sha256').update(style!).digest('base64')
  expect(matches(/http-equiv="Content-Security-Policy" content="(.*?)"/g)).toEqual([
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  ])
  expect(style).not.toMatch(/url\(|@import/)
  expect(page.replace(style!, '')).not.toMatch(/ (src|href|style|on[a-z]+)="/)
})

test('every picture has a title and a description, and no id is there twice', () => {
  const ids = matches(/ id="(.*?)"/g)
  expect(new Set(ids).size).toBe(ids.length)
  const labels = matches(/ aria-labelledby="(.*?)"/g)
  expect(labels).toHaveLength(4)
  expect(labels.flatMap((each) => each.split(' ')).sort()).toEqual(ids.toSorted())
})

test('names that are written from right to left are isolated, and characters that turn text are removed', () => {
  expect(page).toContain('<bdi>مهارة-الترجمة</bdi>')
  expect(page).not.toMatch(/\p{Bidi_Control}/u)
})

test('where no skill has enough calls, the picture of failures is replaced by the reason', async () => {
  const short = await pageOf('--since', '1d', '--no-compare')
  expect(short).toContain('No skill has enough calls in enough sessions.')
})
