import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Files under a folder whose bytes hold one of the texts, each with the text: what is asked of them must be
 * nothing.
 */
export function traces(folder: string, texts: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    return texts.filter((text) => bytes.includes(text)).map((text) => `${relative(folder, path)}: ${text}`)
  })
}
