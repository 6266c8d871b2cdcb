/** The commands of the blocks fenced as `sh`, one for each; a line that goes on with a backslash or an open quote is one command. */
export function shellCommands(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!)
  return blocks.flatMap((block) => commandsOf(block))
}

function commandsOf(block: string): string[] {
  const commands: string[] = []
  let open = ''
  for (const line of block.split('\n')) {
    open += open === '' ? line : `\n${line}`
    const isOpen = line.endsWith('\\') || (open.match(/'/g)?.length ?? 0) % 2 === 1
    if (isOpen) continue
    if (open.trim() !== '' && !open.trim().startsWith('#')) commands.push(open.replace(/\s+#.*$/, '').trim())
    open = ''
  }
  return commands
}
