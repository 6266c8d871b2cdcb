import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { demand, type Endpoint } from '../src/http.ts'
import { startHttpDouble } from './http-double.ts'

function endpoint(url: string): Endpoint {
  return { name: 'ws-gateway', url, apiKey: undefined, option: '--url', port: 8765 }
}

test('an answer of a service of the same version is returned', async () => {
  await using gateway = await startHttpDouble(() => ({ body: { calls: 3 } }))
  await expect(demand(endpoint(gateway.url), '/v1/overview')).resolves.toEqual({ calls: 3 })
})

test('a service of another version is refused by its version and ours', async () => {
  await using gateway = await startHttpDouble(() => ({ body: {} }), '0.0.9')
  await expect(demand(endpoint(gateway.url), '/v1/overview')).rejects.toThrow(
    `ws-gateway at ${gateway.url} is version 0.0.9, and this command is ${packageJson.version}: ` +
      'use the same version of both.',
  )
})

test('what answers without a version is no service of ours', async () => {
  await using other = await startHttpDouble(() => ({ body: {} }), null)
  await expect(demand(endpoint(other.url), '/v1/overview')).rejects.toThrow(
    `what answers at ${other.url} is not ws-gateway: set --url to the address of ws-gateway.`,
  )
})
