// Fits the simulation to real sessions: node scripts/fit-simulation.ts <folder of transcripts>
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { collectObservations } from '../src/simulate/collect.ts'
import { fitModel } from '../src/simulate/fit.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/fit-simulation.ts <folder of Claude Code transcripts>')
  process.exit(2)
}
const model = fitModel(await collectObservations(folder))
const path = join(import.meta.dirname, '../src/simulate/model.json')
await writeFile(path, `${JSON.stringify(model, null, 1)}\n`)
console.log(
  `${model.fitted_to.calls} calls of ${model.fitted_to.threads} threads, ${model.skills.length} skills: ${path}`,
)
