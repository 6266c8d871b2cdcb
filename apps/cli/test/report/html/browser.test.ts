import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environmentWithMachineClock, fixedClock, temporaryFolder } from '@skillwatch/testkit'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { runHere } from '../../run-cli.ts'
import { hostileWeeks, startGatewayWith } from '../some-weeks.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

test('in Chromium the page loads nothing, fits every width, and has no fault that axe finds', {
  timeout: 120_000,
}, async (context) => {
  if (!existsSync(CHROMIUM) && process.env.CI !== 'true') return context.skip(`${CHROMIUM} is not installed`)
  await using stack = new AsyncDisposableStack()
  const gateway = stack.use(await startGatewayWith(hostileWeeks()))
  const path = join(stack.use(temporaryFolder()).path, 'report.html')
  await runHere(['report', '--output', path, '--url', gateway.url], {}, { nowMs: fixedClock })
  const env = environmentWithMachineClock()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, env })
  stack.defer(() => browser.close())

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1_100]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
      const faults: string[] = []
      page.on('console', (message) => faults.push(message.text()))
      page.on('dialog', (dialog) => faults.push(dialog.message()))
      page.on('request', (request) => request.isNavigationRequest() || faults.push(request.url()))
      await page.goto(pathToFileURL(path).href)
      const contentWidth = await page.evaluate('document.documentElement.scrollWidth')
      await page.evaluate(axe.source)
      const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] }
      expect({ colorScheme, contentWidth, violations, faults }).toEqual({
        colorScheme,
        contentWidth: width,
        violations: [],
        faults: [],
      })
      await page.close()
    }
  }
})
