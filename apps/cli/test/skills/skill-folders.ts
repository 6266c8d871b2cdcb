import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a SKILL.md, last changed at an instant. */
export function writeSkill(
  folder: string,
  { name, changedAt = '2026-06-01T12:00:00Z' }: { name?: string; changedAt?: string } = {},
): void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'SKILL.md')
  const frontmatter = name === undefined ? '' : `---\nname: ${name}\ndescription: name: of a test\n---\n`
  writeFileSync(path, `${frontmatter}\n# A skill\n`)
  utimesSync(path, new Date(changedAt), new Date(changedAt))
}
