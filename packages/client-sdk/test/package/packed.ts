import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProgramResult, runProgram } from '@skillwatch/testkit'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds and packs the package as for publishing. @returns path of the tarball */
export async function packInto(folder: string): Promise<string> {
  const dist = join(folder, 'dist')
  demand(await runProgram({ args: [join(root, 'scripts/build.ts'), dist], cwd: root }))
  demand(await npm(['pack', dist, '--pack-destination', folder], folder))
  const name = (await readdir(folder)).find((each) => each.endsWith('.tgz'))!
  return join(folder, name)
}

/** Creates an empty project and installs the tarball, without a registry. */
export async function installInto(folder: string, tarball: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"name": "empty", "private": true, "type": "module"}\n')
  demand(
    await npm(['install', tarball, '--offline', '--no-audit', '--no-fund', '--legacy-peer-deps'], folder),
  )
}

function npm(args: string[], cwd: string): Promise<ProgramResult> {
  return runProgram({ command: 'npm', args, cwd, env: { HOME: cwd, npm_config_update_notifier: 'false' } })
}

/** Runs a tool of the repository, given by the path of its module, in another folder. */
export function runTool(path: string, args: string[], cwd: string): Promise<ProgramResult> {
  return runProgram({ args: [path, ...args], cwd, env: { HOME: cwd } })
}

export function demand(result: ProgramResult): ProgramResult {
  if (result.code === 0) return result
  throw new Error(`ended with ${result.code ?? result.signal}\n${result.stdout}\n${result.stderr}`)
}

/** The examples of the README, in order. */
export function readmeExamples(): string[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)
}

/** Another Node of this machine, to test the published package with. */
export async function findNode(major: number): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin']
  const commands = new Set(folders.map((folder) => join(folder, 'node')))
  for (const command of [...commands].filter(existsSync)) {
    const { stdout } = await runProgram({ command, args: ['--version'] })
    if (stdout.startsWith(`v${major}.`)) return command
  }
  return undefined
}
