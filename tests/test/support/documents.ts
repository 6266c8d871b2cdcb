import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filesBelow, ROOT, readText } from './repository.ts'

/** Every document that people read, as paths below the root. */
export const DOCUMENTS = [
  ...filesBelow('.', /^(README|CONTRIBUTING)\.md$/).filter((file) => !file.includes('/')),
  ...filesBelow('docs', /\.md$/),
]

/** The targets of inline links and of link definitions. */
export function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown)
  return [
    ...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!),
    ...[...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(([, target]) => target!),
  ]
}

/** Whether the target of a link in a document exists: the file, and the heading that it names. */
export function resolves(document: string, target: string): boolean {
  if (/^(https?:|mailto:)/.test(target)) return true
  const [path, anchor] = target.split('#')
  const file = path ? join(dirname(document), path) : document
  if (!existsSync(join(ROOT, file))) return false
  return anchor === undefined || anchorsOf(readText(file)).includes(anchor)
}

/**
 * Paths of files that the text names: in backticks, with a slash and an extension, from the root of the
 * repository.
 */
export function namedFiles(markdown: string): string[] {
  return [...markdown.matchAll(/`((?!\.\.?\/)[\w.@-]+(?:\/[\w.@-]+)*\/[\w@-][\w.@-]*\.[a-z]{2,4})`/g)].map(
    ([, path]) => path!,
  )
}

/** GitHub's anchors of the headings. */
function anchorsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}
