import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './repository.ts'

const SERVICES = ['ingest', 'ws-gateway', 'exporter']

const INTRODUCTION = `# Operating

What each service may be told by its environment. \`npm start\` and \`docker compose up\` need none of it. Each service says the same
by \`--help\`; a wrong or misspelt variable is named when it starts. This page is made by \`npm run build\`.
`

/** The text of docs/OPERATING.md: what the services themselves say. */
export function operatingDocument(): string {
  const parts = SERVICES.map((service) => {
    const entry = join(ROOT, 'apps', service, 'bin.mjs')
    const help = execFileSync(process.execPath, [entry, '--help'], { encoding: 'utf8', env: {} })
    return `## ${service}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`
  })
  return [INTRODUCTION, ...parts].join('\n')
}
