import { VERSION } from '@skillwatch/service'
import { Gauge, type Registry } from 'prom-client'

/** Registers `skillwatch_build_info`, always 1, whose labels name the versions. */
export function describeBuild(registry: Registry): void {
  new Gauge({
    name: 'skillwatch_build_info',
    help: 'Always 1; the labels name the versions of Skillwatch and Node.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version: VERSION, node_version: process.version }, 1)
}
