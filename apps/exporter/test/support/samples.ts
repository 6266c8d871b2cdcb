/** The samples of a text exposition by name and labels, as they are written. */
export function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

/** Lines of one family, without the comments. */
export function linesOf(text: string, family: string): string[] {
  return text.split('\n').filter((line) => new RegExp(`^${family}(_bucket|_sum|_count)?[{ ]`).test(line))
}
